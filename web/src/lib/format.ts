/** Numbers and times as people read them. */

import { words } from "@/words";
import type { Usage } from "./events";

const says = words.formats;

/** Seconds as `0:21`, `2:14` or `1:02:09`. */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const pair = (n: number) => String(n).padStart(2, "0");
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  return hours > 0 ? `${hours}:${pair(minutes)}:${pair(whole % 60)}` : `${minutes}:${pair(whole % 60)}`;
}

/** How long until `moment`, as `0:21`; `now` once it has come. */
export function countdown(moment: string, now: number): string {
  const seconds = Math.ceil((Date.parse(moment) - now) / 1000);
  return seconds > 0 ? clock(seconds) : says.now;
}

/** Seconds between two moments of the wire; `end` may also be milliseconds since 1970. */
export function secondsBetween(start: string, end: string | number): number {
  const until = typeof end === "number" ? end : Date.parse(end);
  return Math.max(0, (until - Date.parse(start)) / 1000);
}

/** `just now`, `4 min ago`, `3 h ago`, `Tue 14:05`, `12 Nov 2026`. */
export function ago(moment: string, now: number): string {
  const then = Date.parse(moment);
  const minutes = Math.floor((now - then) / 60_000);
  if (minutes < 1) return says.justNow;
  if (minutes < 60) return says.minutesAgo(minutes);
  if (minutes < 24 * 60) return says.hoursAgo(Math.floor(minutes / 60));
  if (minutes < 6 * 24 * 60) {
    return new Date(then)
      .toLocaleString(says.locale, { weekday: "short", hour: "2-digit", minute: "2-digit" })
      .replace(",", "");
  }
  return date(moment);
}

/** `12 Nov 2026`. */
export function date(moment: string | number): string {
  return new Date(moment).toLocaleDateString(says.locale, {
    day: "numeric",
    month: "short",
    year: "numeric",
  });
}

/** `14:05`. */
export function timeOfDay(moment: string | number): string {
  return new Date(moment).toLocaleTimeString(says.locale, { hour: "2-digit", minute: "2-digit" });
}

/** `14:05:09`. */
export function toTheSecond(moment: string | number): string {
  return new Date(moment).toLocaleTimeString(says.locale);
}

/** Formatters cost more to make than to use. */
const formatters = new Map<string, Intl.NumberFormat>();

/** A number with so many places behind the point, or at least `least`: `12.4`. */
export function decimal(value: number, places: number, least = places): string {
  const kind = `${least}-${places}`;
  const made = formatters.get(kind) ?? new Intl.NumberFormat(says.locale, fraction(least, places));
  formatters.set(kind, made);
  return made.format(value);
}

function fraction(minimumFractionDigits: number, maximumFractionDigits: number) {
  return { minimumFractionDigits, maximumFractionDigits, useGrouping: false };
}

/** A whole number, its thousands apart: `12,345`. */
export function whole(value: number): string {
  return value.toLocaleString(says.locale);
}

/** Milliseconds as `8 ms`, `5.3 s`, `2:14`. */
export function span(ms: number): string {
  if (ms < 1_000) return says.milliseconds(Math.round(ms));
  if (ms < 60_000) return says.seconds(decimal(ms / 1_000, 1));
  return clock(ms / 1_000);
}

/** Bytes as `812 B`, `1.4 KB`, `3.2 MB`, `72.7 GB`. */
export function bytes(size: number): string {
  if (size < 1000) return says.bytes(size);
  if (size < 1_000_000) return says.kilobytes(decimal(size / 1000, 1));
  if (size < 1_000_000_000) return says.megabytes(decimal(size / 1_000_000, 1));
  return says.gigabytes(decimal(size / 1_000_000_000, 1));
}

/** `12.4k tokens`; empty where no model was called. */
export function tokens(usage: Usage): string {
  const total = usage.input_tokens + usage.output_tokens;
  if (total === 0) return "";
  return says.tokens(total < 1000 ? `${total}` : says.thousands(decimal(total / 1000, 1)));
}

/** `$0.03`; empty where no price is known, or nothing was to be paid. */
export function cost(usage: Usage): string {
  if (usage.cost_usd === null || usage.cost_usd === 0) return "";
  if (usage.cost_usd < 0.01) return says.hardlyAnything;
  return says.dollars(decimal(usage.cost_usd, 2));
}

/** An amount as it is typed: `2.5`. */
export function dollars(usd: number): string {
  return usd.toFixed(9).replace(/\.?0+$/, "");
}

/** The amount that was typed (`2`, `2.50`, `$2.50`), in US dollars; null for what is none. */
export function amount(typed: string): number | null {
  const found = /^\$?\s*(\d{1,7}(?:\.\d{1,9})?)\s*$/.exec(typed.trim());
  const usd = Number(found?.[1]);
  return found && usd > 0 && usd <= 1_000_000 ? usd : null;
}
