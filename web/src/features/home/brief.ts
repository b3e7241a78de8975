/** The brief's bound, and its draft kept in this browser. */

import { bytes } from "@/lib/format";
import { words } from "@/words";

const says = words.home.box;

export const BRIEF_BYTES = 32 * 1024;
export const DRAFT_KEY = "botarmy.draft";

export function briefBytes(brief: string): number {
  return new TextEncoder().encode(brief).length;
}

/** What stands in the way of starting, as a sentence; null where nothing does. Empty is no fault yet. */
export function briefFault(brief: string): string | null {
  const size = briefBytes(brief.trim());
  if (size <= BRIEF_BYTES) return null;
  return says.tooLong(bytes(size - BRIEF_BYTES));
}

/** How much of the bound is used, once that is worth knowing. */
export function briefMeter(brief: string): string | null {
  const size = briefBytes(brief);
  return size < BRIEF_BYTES / 2 ? null : says.used(bytes(size), bytes(BRIEF_BYTES));
}
