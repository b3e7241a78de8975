/** How long jobs waited and ran, and amounts on charts. */

import { clock, secondsBetween, span } from "@/lib/format";
import type { JobView } from "@/lib/views";

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
  if (value === 0) return "0";
  if (value < 10) return value.toFixed(2).replace(/\.?0+$/, "");
  if (value < 100) return value.toFixed(1).replace(/\.0$/, "");
  return Math.round(value).toLocaleString("en-GB");
}

export function milliseconds(value: number): string {
  return value < 1_000 ? `${figure(value)} ms` : `${figure(value / 1_000)} s`;
}
