/** What was chosen lately, kept in this browser until somebody signs out. */

import { keep, stored } from "@/lib/stored";

const KEY = "botarmy.palette";
const KEPT = 5;

/** The ids, the last one first. */
export function recentIds(): readonly string[] {
  try {
    const kept: unknown = JSON.parse(stored(KEY) ?? "[]");
    return Array.isArray(kept) ? kept.filter((id) => typeof id === "string").slice(0, KEPT) : [];
  } catch {
    return [];
  }
}

export function remember(id: string): void {
  keep(KEY, JSON.stringify([id, ...recentIds().filter((one) => one !== id)].slice(0, KEPT)));
}
