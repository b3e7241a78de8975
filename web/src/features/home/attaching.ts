/** Which files can go with a brief, and why others cannot: a pure state and its changes. */

import {
  ATTACHED_BYTES,
  ATTACHED_CHARACTERS,
  ATTACHED_MOST,
  type Attached,
  shownName,
} from "@/lib/attachments";
import { codePoints } from "@/lib/codepoints";
import { bytes, whole } from "@/lib/format";
import { words } from "@/words";

const said = words.attachments;
const FAULTS_SHOWN = 5;

/** `taken`: its text is there; null while the server reads it. */
export interface Item {
  readonly key: string;
  readonly name: string;
  readonly size: number;
  readonly taken: Attached | null;
}

export interface Fault {
  readonly key: string;
  readonly sentence: string;
}

export interface Attaching {
  readonly items: readonly Item[];
  /** The newest, oldest first. */
  readonly faults: readonly Fault[];
}

export const NOTHING_ATTACHED: Attaching = { items: [], faults: [] };

export interface Chosen {
  readonly key: string;
  readonly name: string;
  readonly size: number;
  readonly folder?: boolean;
}

/** With a file that was chosen: an item that is being read, or a fault. */
export function chosen(state: Attaching, { key, name: given, size, folder = false }: Chosen): Attaching {
  const name = shownName(given);
  if (folder) return refused(state, key, said.folder(name));
  if (state.items.some((item) => item.name === name && item.size === size)) {
    return refused(state, key, said.twice(name));
  }
  if (state.items.length >= ATTACHED_MOST) return refused(state, key, said.tooMany(ATTACHED_MOST));
  if (size > ATTACHED_BYTES) return refused(state, key, said.tooLarge(name, bytes(ATTACHED_BYTES)));
  if (size === 0) return refused(state, key, said.empty(name));
  return { ...state, items: [...state.items, { key, name, size, taken: null }] };
}

/** With the text of an item, if it is still wanted and fits. */
export function taken(state: Attaching, key: string, attached: Attached): Attaching {
  const item = state.items.find((one) => one.key === key);
  if (item === undefined) return state;
  const held = readyOf(state).reduce((sum, one) => sum + codePoints(one.text), 0);
  if (held + codePoints(attached.text) > ATTACHED_CHARACTERS) {
    const limit = whole(ATTACHED_CHARACTERS);
    return refused(removed(state, key), key, said.tooLong(item.name, limit));
  }
  const items = state.items.map((one) => (one === item ? { ...one, taken: attached } : one));
  return { ...state, items };
}

export function notTaken(state: Attaching, key: string, sentence: string): Attaching {
  const wanted = state.items.some((one) => one.key === key);
  return wanted ? refused(removed(state, key), key, sentence) : state;
}

/** Without an item, or a fault. */
export function removed(state: Attaching, key: string): Attaching {
  const without = <T extends { readonly key: string }>(all: readonly T[]) =>
    all.filter((one) => one.key !== key);
  return { items: without(state.items), faults: without(state.faults) };
}

export function readyOf({ items }: Attaching): readonly Attached[] {
  return items.flatMap((item) => item.taken ?? []);
}

export function isReading({ items }: Attaching): boolean {
  return items.some((item) => item.taken === null);
}

function refused(state: Attaching, key: string, sentence: string): Attaching {
  const others = state.faults.filter((fault) => fault.sentence !== sentence);
  return { ...state, faults: [...others, { key, sentence }].slice(-FAULTS_SHOWN) };
}
