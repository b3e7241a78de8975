/** A token as people paste it. */

import { words } from "@/words";

const says = words.signIn;

const SHAPE = /^botarmy_[A-Za-z0-9]{40}$/;

/** Without what comes along when one copies: spaces, line breaks, quotes. */
export function pasted(text: string): string {
  return text.replace(/[\s"'“”]/g, "");
}

/** What is wrong with it, as a sentence; null where only the server can tell. */
export function tokenFault(token: string): string | null {
  if (token === "") return says.empty;
  if (!token.startsWith("botarmy_")) return says.otherStart;
  if (!SHAPE.test(token)) return says.otherLength;
  return null;
}
