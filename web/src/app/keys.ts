/**
 * What keys mean, wherever on the pages they are pressed. Pure: the listener hands in what it saw.
 *
 * A single key means something only while nobody types and no modifier is held, and can be switched off. Two keys
 * one after the other, `g` and then a letter, lead to pages.
 */

export type Meaning =
  | { readonly do: "palette" | "shortcuts" | "note" | "request" }
  | { readonly do: "go"; readonly to: Destination };

export type Destination = "/" | "/projects" | "/inbox" | "/monitor" | "/analytics" | "/teams" | "/settings";

export interface Pressed {
  readonly key: string;
  readonly ctrl: boolean;
  readonly meta: boolean;
  readonly alt: boolean;
  /** Something else has the key already: a text that is typed, a menu, a dialog. */
  readonly taken: boolean;
  /** Milliseconds. */
  readonly at: number;
}

export interface Keys {
  /** When `g` was pressed; null where that was not the last key. */
  readonly leading: number | null;
}

export const NO_KEYS: Keys = { leading: null };
/** The second key of two has to come by then (ms). */
const PAIR_MS = 1_500;

export const DESTINATIONS: Readonly<Record<string, Destination>> = {
  h: "/",
  p: "/projects",
  i: "/inbox",
  m: "/monitor",
  a: "/analytics",
  t: "/teams",
  s: "/settings",
};

const SINGLE: Readonly<Record<string, "shortcuts" | "note" | "request">> = {
  "?": "shortcuts",
  n: "note",
  r: "request",
};

/** What follows from a key. `single`: whether single keys are switched on. */
export function pressed(
  keys: Keys,
  press: Pressed,
  single: boolean,
): { readonly keys: Keys; readonly meaning: Meaning | null } {
  const modified = press.ctrl || press.meta;
  if (modified && !press.alt && press.key.toLowerCase() === "k") {
    return { keys: NO_KEYS, meaning: { do: "palette" } };
  }
  if (!single || press.taken || modified || press.alt) return { keys: NO_KEYS, meaning: null };
  if (keys.leading !== null && press.at - keys.leading <= PAIR_MS) {
    const to = DESTINATIONS[press.key];
    return { keys: NO_KEYS, meaning: to === undefined ? null : { do: "go", to } };
  }
  if (press.key === "g") return { keys: { leading: press.at }, meaning: null };
  const known = SINGLE[press.key];
  return { keys: NO_KEYS, meaning: known === undefined ? null : { do: known } };
}
