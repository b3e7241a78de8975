/** Amounts as the tables and charts show them: short, and of one width for a kind. */

import { clock } from "@/lib/format";

export const NOTHING = "–";

/** `1,234`, `12.4k`, `3.1M`. */
export function amount(value: number): string {
  if (value < 10_000) return Math.round(value).toLocaleString("en-GB");
  if (value < 1_000_000) return `${(value / 1_000).toFixed(1)}k`;
  return `${(value / 1_000_000).toFixed(1)}M`;
}

/** `$0.03`, `$1,204`; a price below a cent is shown as such. */
export function money(usd: number): string {
  if (usd === 0) return "$0";
  if (usd < 0.01) return "< $0.01";
  if (usd < 100) return `$${usd.toFixed(2)}`;
  return `$${Math.round(usd).toLocaleString("en-GB")}`;
}

/** `8 ms`, `5.3 s`, `2:14`, `1:02:09`, `3 d 4 h`. */
export function span(ms: number | null): string {
  if (ms === null) return NOTHING;
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`;
  const hours = Math.floor(ms / 3_600_000);
  if (hours < 48) return clock(ms / 1_000);
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** Seconds on a scale: `40 s`, `4 min`, `2 h`, `3 d`. */
export function roughly(ms: number): string {
  const steps = [
    [86_400_000, "d"],
    [3_600_000, "h"],
    [60_000, "min"],
    [1_000, "s"],
  ] as const;
  const [unit, word] = steps.find(([size]) => ms >= size) ?? [1, "ms"];
  return `${Number((ms / unit).toFixed(1))} ${word}`;
}

interface Ended {
  readonly succeeded: number;
  readonly partial: number;
  readonly failed: number;
}

/** Of those that came to an end by themselves; cancelled ones say nothing of success. */
export function ended({ succeeded, partial, failed }: Ended): number {
  return succeeded + partial + failed;
}

export function success(runs: Ended): string {
  const all = ended(runs);
  return all === 0 ? NOTHING : `${Math.round((runs.succeeded / all) * 100)} %`;
}

/** `20 Nov`. */
export function shortDay(day: string): string {
  return new Date(`${day}T12:00:00Z`).toLocaleDateString("en-GB", {
    day: "numeric",
    month: "short",
    timeZone: "UTC",
  });
}

/** `20 Nov 2026`. */
export function wholeDay(day: string): string {
  return `${shortDay(day)} ${day.slice(0, 4)}`;
}
