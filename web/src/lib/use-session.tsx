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

/** Admins see the server itself: workers, connections, the log. Where nobody signs in, everybody is one. */
export function useIsAdmin(): boolean {
  const session = useSession();
  // Where the server could not be asked yet, it says itself what it refuses.
  return session.status !== "in" || session.user.role === "admin";
}
