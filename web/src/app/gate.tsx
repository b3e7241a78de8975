import { Activity, type ReactNode } from "react";
import { SignInPage } from "@/features/sign-in/sign-in-page";
import { useSession } from "@/lib/use-session";

/**
 * The pages are for who may come in. Where a sign-in ends while they are open they are put out of sight, with all
 * that was typed, until the same person is back at the same address.
 */
export function Gate({ children }: { children: ReactNode }) {
  const session = useSession();
  if (session.status === "asking") return null;
  const out = session.status === "out";
  return (
    <>
      {!(out && !session.ended) && <Activity mode={out ? "hidden" : "visible"}>{children}</Activity>}
      {out && <SignInPage ended={session.ended} />}
    </>
  );
}
