import { useState } from "react";
import { problemFrom, RequestFailed } from "@/lib/http";
import { useNow } from "@/lib/use-live";
import { useSessionKeeper } from "@/lib/use-session";
import { pasted, tokenFault } from "./token";

/** Signing in with what is typed. `fault`: why not, in words; `wait`: whole seconds until the next try, or 0. */
export function useSignIn() {
  const session = useSessionKeeper();
  const [typed, setTyped] = useState("");
  const [fault, setFault] = useState<string | null>(null);
  const [pending, setPending] = useState(false);
  const [until, setUntil] = useState(0);
  const now = useNow(until > 0);
  const wait = Math.max(0, Math.ceil((until - now) / 1000));
  const change = (text: string) => {
    setTyped(text);
    setFault(null);
  };
  const submit = async () => {
    const token = pasted(typed);
    const wrong = tokenFault(token);
    setFault(wrong);
    if (wrong !== null || wait > 0) return;
    setPending(true);
    try {
      await session.signIn(token);
    } catch (error) {
      const { message, action, code } = problemFrom(error);
      const waitSeconds = error instanceof RequestFailed ? error.waitSeconds : null;
      setUntil(waitSeconds === null ? 0 : Date.now() + waitSeconds * 1000);
      // The countdown says it as it is now.
      setFault(code === "too_many_attempts" ? message : `${message} ${action}`);
    }
    setPending(false);
  };
  return { typed, change, submit, fault, pending, wait };
}
