/** The time axis: which part of the time is shown, and where its marks are. Times are milliseconds since 1970. */

import { date, timeOfDay, toTheSecond } from "@/lib/format";
import { words } from "@/words";
import type { Lanes } from "./lanes";

export interface Range {
  readonly from: number;
  readonly to: number;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** No less is ever shown. */
export const LEAST_MS = 500;
const STEPS = [
  ...[0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30].map((seconds) => seconds * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE),
  ...[1, 2, 3, 6, 12].map((hours) => hours * HOUR),
  ...[1, 2, 7, 14, 28, 91, 364].map((days) => days * DAY),
];
const MOST_TICKS = 200;

/** All of the run; without what it shares with an earlier one where `earlier` is false. */
export function wholeRange({ created, first, last, over }: Lanes, now: number, earlier: boolean): Range {
  if (!Number.isFinite(first)) return { from: now - LEAST_MS, to: now };
  const from = earlier || created === null ? first : created;
  const to = over ? last : Math.max(last, now);
  return { from, to: Math.max(to, from + LEAST_MS) };
}

/** By `factor` (2: twice as much detail) around a moment, which stays where it is on the screen. */
export function zoomed(range: Range, whole: Range, factor: number, around: number): Range {
  const least = Math.min(LEAST_MS, length(whole));
  const wanted = Math.min(length(whole), Math.max(least, length(range) / factor));
  const moment = Math.min(range.to, Math.max(range.from, around));
  const share = (moment - range.from) / length(range);
  return within(moment - share * wanted, wanted, whole);
}

/** Moved by a share of what is shown. */
export function moved(range: Range, whole: Range, share: number): Range {
  return within(range.from + share * length(range), length(range), whole);
}

/** Moved, where a moment would not be seen, so far that it is. */
export function showing(range: Range, whole: Range, moment: number): Range {
  if (moment >= range.from && moment <= range.to) return range;
  return within(moment - length(range) / 2, length(range), whole);
}

function within(from: number, wanted: number, whole: Range): Range {
  const start = Math.max(whole.from, Math.min(from, whole.to - wanted));
  return { from: start, to: start + wanted };
}

export function length({ from, to }: Range): number {
  return to - from;
}

/** Moments at round times of the day, about `count` of them. */
export function ticksOf(
  range: Range,
  count: number,
  zoneMs: number,
): { step: number; at: readonly number[] } {
  const step = STEPS.find((one) => length(range) / one <= count) ?? (STEPS.at(-1) as number);
  const ticks: number[] = [];
  let at = Math.ceil((range.from + zoneMs) / step) * step - zoneMs;
  for (; at <= range.to && ticks.length < MOST_TICKS; at += step) ticks.push(at);
  return { step, at: ticks };
}

/** A mark's words: as much of the time as tells one from its neighbours. */
export function tickWord(at: number, step: number): string {
  const moment = new Date(at);
  if (step >= DAY) return moment.toLocaleDateString(words.formats.locale, { day: "numeric", month: "short" });
  if (step >= MINUTE) return timeOfDay(at);
  const seconds = toTheSecond(at);
  return step >= SECOND ? seconds : `${seconds}.${Math.round((at % SECOND) / 100)}`;
}

/** `09:30:05.123`, with the day where `day` is true. */
export function preciseTime(at: number, day = false): string {
  const moment = new Date(at);
  const time = `${toTheSecond(at)}.${String(moment.getMilliseconds()).padStart(3, "0")}`;
  if (!day) return time;
  return words.formats.dayAndTime(date(at), time);
}

/** What the clocks here are ahead of UTC. */
export function zoneAt(at: number): number {
  return -new Date(at).getTimezoneOffset() * MINUTE;
}
