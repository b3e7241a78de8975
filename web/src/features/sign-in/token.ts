/** A token as people paste it. */

const SHAPE = /^botarmy_[A-Za-z0-9]{40}$/;

/** Without what comes along when one copies: spaces, line breaks, quotes. */
export function pasted(text: string): string {
  return text.replace(/[\s"'“”]/g, "");
}

/** What is wrong with it, as a sentence; null where only the server can tell. */
export function tokenFault(token: string): string | null {
  if (token === "") return "Paste your token first.";
  if (!token.startsWith("botarmy_"))
    return "A token begins with botarmy_. Copy it again, from its first letter on.";
  if (!SHAPE.test(token)) return "A token is botarmy_ and 40 letters and digits. Copy all of it.";
  return null;
}
