/** The thin binding of the session to React. */

import { createContext, type ReactNode, useContext } from "react";
import { useStore } from "zustand/react";
import type { Person, Session, SessionKeeper } from "./session";

const SessionContext = createContext<SessionKeeper | null>(null);

export function SessionProvider({ session, children }: { session: SessionKeeper; children: ReactNode }) {
  return <SessionContext value={session}>{children}</SessionContext>;
}

export function useSessionKeeper(): SessionKeeper {
  const session = useContext(SessionContext);
  if (session === null) throw new Error("SessionProvider is missing");
  return session;
}

export function useSession(): Session {
  return useStore(useSessionKeeper().store);
}

/** Who signed in; null where nobody has to. */
export function useSignedIn(): Person | null {
  const session = useSession();
  return session.status === "in" && session.required ? session.user : null;
}

/** False for those who only watch. The server holds everyone to it; here it is about what is offered. */
export function useMayCommand(): boolean {
  return useSignedIn()?.role !== "viewer";
}
