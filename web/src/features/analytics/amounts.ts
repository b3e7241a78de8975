/** Amounts as the tables and charts show them: short, and of one width for a kind. */

import { clock, decimal, whole } from "@/lib/format";
import { words } from "@/words";

const says = words.formats;

export const NOTHING = says.nothing;

/** `1,234`, `12.4k`, `3.1M`. */
export function amount(value: number): string {
  if (value < 10_000) return whole(Math.round(value));
  if (value < 1_000_000) return says.thousands(decimal(value / 1_000, 1));
  return says.millions(decimal(value / 1_000_000, 1));
}

/** `$0.03`, `$1,204`; a price below a cent is shown as such. */
export function money(usd: number): string {
  if (usd === 0) return says.dollars("0");
  if (usd < 0.01) return says.hardlyAnything;
  if (usd < 100) return says.dollars(decimal(usd, 2));
  return says.dollars(whole(Math.round(usd)));
}

/** `8 ms`, `5.3 s`, `2:14`, `1:02:09`, `3 d 4 h`. */
export function span(ms: number | null): string {
  if (ms === null) return NOTHING;
  if (ms < 1_000) return says.milliseconds(Math.round(ms));
  if (ms < 60_000) return says.seconds(decimal(ms / 1_000, 1));
  const hours = Math.floor(ms / 3_600_000);
  if (hours < 48) return clock(ms / 1_000);
  return says.daysAndHours(Math.floor(hours / 24), hours % 24);
}

/** Seconds on a scale: `40 s`, `4 min`, `2 h`, `3 d`. */
export function roughly(ms: number): string {
  const steps = [
    [86_400_000, says.days],
    [3_600_000, says.hours],
    [60_000, says.minutes],
    [1_000, says.seconds],
  ] as const;
  const [unit, written] = steps.find(([size]) => ms >= size) ?? [1, says.milliseconds];
  return written(decimal(ms / unit, 1, 0));
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
  return all === 0 ? NOTHING : says.percent(Math.round((runs.succeeded / all) * 100));
}

/** `20 Nov`. */
export function shortDay(day: string): string {
  return new Date(`${day}T12:00:00Z`).toLocaleDateString(says.locale, {
    day: "numeric",
    month: "short",
    timeZone: "UTC",
  });
}

/** `20 Nov 2026`. */
export function wholeDay(day: string): string {
  return `${shortDay(day)} ${day.slice(0, 4)}`;
}
