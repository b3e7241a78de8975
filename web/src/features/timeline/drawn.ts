/** Which bars of a row are drawn, and where. */

import { length, type Range } from "./axis";
import { type Bar, endOf, type Row } from "./bars";

/** Finer than a screen shows: what begins in the same slot as a bar before it, and is no longer, is not drawn. */
const SLOTS = 600;

export interface Place {
  /** Parts of the width, in percent. */
  readonly left: number;
  readonly width: number;
}

/** The bars of a row that lie in the range, without those that nobody could tell from the one before. */
export function drawnOf(row: Row, range: Range, now: number): Row {
  const slot = length(range) / SLOTS;
  const drawn: Bar[] = [];
  let until = Number.NEGATIVE_INFINITY;
  for (const bar of row) {
    const end = endOf(bar, now);
    if (end < range.from || bar.start > range.to) continue;
    if (end <= until) continue;
    drawn.push(bar);
    until = bar.start + slot;
  }
  return drawn;
}

export function placeOf(bar: Bar, range: Range, now: number): Place {
  const start = Math.max(range.from, bar.start);
  const end = Math.min(range.to, endOf(bar, now));
  return {
    left: ((start - range.from) / length(range)) * 100,
    width: (Math.max(0, end - start) / length(range)) * 100,
  };
}
