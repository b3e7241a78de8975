/** How long jobs waited and ran, and amounts on charts. */

import { clock, decimal, secondsBetween, span, whole } from "@/lib/format";
import type { JobView } from "@/lib/views";
import { words } from "@/words";

const says = words.formats;

/** In the queue: what it was, or has been so far. */
export function waited(job: JobView, now: number): string {
  if (job.waited_ms !== null) return span(job.waited_ms);
  if (job.ended_at !== null) return "";
  return clock(secondsBetween(job.queued_at, now));
}

/** At a worker; empty where none had it. */
export function ran(job: JobView, now: number): string {
  if (job.ran_ms !== null) return span(job.ran_ms);
  if (job.claimed_at === null || job.ended_at !== null || job.status !== "claimed") return "";
  return clock(secondsBetween(job.claimed_at, now));
}

/** `7.25`, `18.4`, `240`: three digits tell enough. */
export function figure(value: number): string {
  if (value < 10) return decimal(value, 2, 0);
  if (value < 100) return decimal(value, 1, 0);
  return whole(Math.round(value));
}

export function milliseconds(value: number): string {
  return value < 1_000 ? says.milliseconds(figure(value)) : says.seconds(figure(value / 1_000));
}
