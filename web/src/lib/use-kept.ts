/** The thin binding of what is kept to React. */

import { createContext, useContext, useEffect, useState } from "react";
import type { KeptView } from "./kept";

export type ReadKept = (runId: string) => Promise<KeptView | null>;

/** Where nothing is kept there is nothing. It never rejects. */
export const KeptContext = createContext<ReadKept>(() => Promise.resolve(null));

/** What is kept of a project, once it is wanted; null until it is found, and where there is nothing. */
export function useKept(runId: string, wanted: boolean): KeptView | null {
  const read = useContext(KeptContext);
  const [found, setFound] = useState<{ readonly runId: string; readonly kept: KeptView | null } | null>(null);
  useEffect(() => {
    if (!wanted) return;
    let still = true;
    void read(runId).then((kept) => still && setFound({ runId, kept }));
    return () => {
      still = false;
    };
  }, [read, runId, wanted]);
  return found?.runId === runId ? found.kept : null;
}
