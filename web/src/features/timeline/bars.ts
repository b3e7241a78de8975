/** A bar of the chart: an interval of a run, between the event that began it and the one that ended it. */

/** What a step is doing. At any moment it does one of these at most. */
export const STATES = ["queued", "held", "working", "thinking", "limit", "person", "retry"] as const;
export type StateKind = (typeof STATES)[number];
export type BarKind = StateKind | "running" | "phase" | "message" | "tool";

export interface Bar {
  readonly id: string;
  readonly kind: BarKind;
  /** Milliseconds since 1970, as the log tells the time. */
  readonly start: number;
  /** Never before the start; null: it goes on. */
  readonly end: number | null;
  /** Of the event that began it. */
  readonly position: number;
  /** Of a phase, a tool, a model; else what the agent said that it does. It may be empty. */
  readonly name: string;
  /** Of a phase; 0 for what has none. */
  readonly attempt: number;
  /** It failed, or was broken off. */
  readonly bad: boolean;
}

/** Bars of one kind of thing, in the order of their beginning. */
export type Row = readonly Bar[];

/** The newest bars of a row that stay. */
export const BARS_KEPT = 2_000;

export function begun(row: Row, bar: Bar): Row {
  return [...row, bar].slice(-BARS_KEPT);
}

/** The row with what goes on in it ended, as far as `which` says so; the same row where nothing does. */
export function ended(row: Row, at: number, bad = false, which: (bar: Bar) => boolean = () => true): Row {
  let next = row;
  for (let place = 0; place < row.length; place += 1) {
    const bar = row[place];
    if (bar === undefined || bar.end !== null || !which(bar)) continue;
    next = next.with(place, { ...bar, end: Math.max(bar.start, at), bad: bar.bad || bad });
  }
  return next;
}

/** Where a bar that goes on is drawn to. */
export function endOf(bar: Bar, now: number): number {
  return bar.end ?? Math.max(bar.start, now);
}

export function lengthOf(bar: Bar, now: number): number {
  return endOf(bar, now) - bar.start;
}
