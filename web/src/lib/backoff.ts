/** How long to wait before the next attempt: exponential, with full jitter, in milliseconds. */

const LEAST_MS = 500;
const MOST_MS = 20_000;

/** `failures`: attempts that failed in a row before this wait. `random`: 0 ≤ x < 1. */
export function backoff(failures: number, random: number): number {
  const ceiling = Math.min(MOST_MS, LEAST_MS * 2 ** Math.min(failures + 1, 16));
  return LEAST_MS + random * (ceiling - LEAST_MS);
}
