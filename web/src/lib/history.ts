/** What the live figures were in the last minutes, for charts. The server tells them only when they change. */

import type { Stats } from "./figures";

export const HISTORY_MS = 5 * 60_000;
/** At most one a second comes; more than that is not drawn apart anyway. */
const SAMPLES_KEPT = 600;

export interface Sample {
  /** Milliseconds since 1970, by this browser's clock. */
  readonly at: number;
  /** They hold until the next sample; null: from here on nobody knows. */
  readonly stats: Stats | null;
}

/** The history after `sample`. Of what is older than the window one sample stays: it holds into the window. */
export function withSample(history: readonly Sample[], sample: Sample): readonly Sample[] {
  const since = sample.at - HISTORY_MS;
  const inside = history.findIndex(({ at }) => at > since);
  const kept = inside === -1 ? history.slice(-1) : history.slice(Math.max(0, inside - 1));
  return [...kept, sample].slice(-SAMPLES_KEPT);
}

export interface Point {
  readonly at: number;
  readonly value: number;
}

/**
 * Unbroken lines of one figure from `from` to `to`. A figure holds until it is told anew, so a line is level where
 * nothing was heard for a while, and ends where nobody knows or nothing was measured.
 */
export function linesOf(
  history: readonly Sample[],
  figure: (stats: Stats) => number | null,
  from: number,
  to: number,
): readonly (readonly Point[])[] {
  const lines: Point[][] = [];
  let line: Point[] | null = null;
  for (const [index, { at, stats }] of history.entries()) {
    const until = Math.min(to, history[index + 1]?.at ?? to);
    const value = stats === null ? null : figure(stats);
    if (value === null) {
      line = null;
      continue;
    }
    if (until < from) continue;
    if (line === null) {
      line = [];
      lines.push(line);
    }
    line.push({ at: Math.max(from, at), value });
    if (until - at > LEVEL_MS || index === history.length - 1) line.push({ at: until, value });
  }
  return lines;
}

/** Told more often than this, neighbours are joined by a slope. */
const LEVEL_MS = 2_000;

/** The value of a figure at a moment; null where it is not known. */
export function valueAt(
  history: readonly Sample[],
  figure: (stats: Stats) => number | null,
  moment: number,
): number | null {
  const held = history.findLast(({ at }) => at <= moment);
  return held?.stats ? figure(held.stats) : null;
}
