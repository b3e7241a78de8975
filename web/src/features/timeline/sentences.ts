/** What bars and lanes are, in words. */

import { span } from "@/lib/format";
import { words } from "@/words";
import { preciseTime } from "./axis";
import { type Bar, lengthOf } from "./bars";
import type { Lane } from "./lanes";

const says = words.timeline;

export function laneName({ step, name }: Pick<Lane, "step" | "name">): string {
  return step === null ? says.project : name;
}

/** A phase, and which attempt at it. */
export function phaseWord({ name, attempt }: Bar): string {
  return attempt > 1 ? `${name}, ${says.attempt(attempt)}` : name;
}

/** Its kind, and what tells it from others of its kind. */
export function barName(bar: Bar): string {
  const parts = [says.kinds[bar.kind], phaseWord(bar), bar.bad ? says.broken : ""];
  return parts.filter((part) => part !== "").join(" · ");
}

/** From when to when. */
export function barTimes({ start, end }: Bar): string {
  const from = preciseTime(start);
  return end === null ? says.since(from) : says.fromTo(from, preciseTime(end));
}

export function barWords(bar: Bar, now: number): string {
  return [barName(bar), barTimes(bar), span(lengthOf(bar, now))].join(", ");
}
