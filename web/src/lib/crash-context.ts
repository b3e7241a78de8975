/** The thin binding of crash reports to React. */

import { createContext } from "react";

/** Tells of a crash; the reference to show, or null. It never raises. Where nobody listens there is none. */
export type ReportCrash = (error: unknown, where: string) => string | null;

export const CrashContext = createContext<ReportCrash>(() => null);
