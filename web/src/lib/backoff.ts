/** How long to wait before the next attempt: exponential, with full jitter, in milliseconds. */

/** The first wait after a good connection is at most this long, all others at least. */
const LEAST_MS = 500;
const MOST_MS = 20_000;
/** After a connection that the server had said welcome on. */
const MOST_LET_IN_MS = 1_000;
/** For a server that lets the client in: then it is the way that breaks. */
const MOST_DOUBLED_LET_IN = 1;
const MOST_DOUBLED = 15;

/**
 * `doubled`: how often waits have doubled since a connection held. `random`: 0 ≤ x < 1. `letIn`: whether the server had
 * said welcome on the connection that was lost.
 */
export function backoff(doubled: number, random: number, letIn: boolean): number {
  if (doubled === 0) return random * LEAST_MS;
  const ceiling = Math.min(letIn ? MOST_LET_IN_MS : MOST_MS, LEAST_MS * 2 ** (doubled + 1));
  return LEAST_MS + random * (ceiling - LEAST_MS);
}

/** After one more connection that did not hold. `letIn`: whether the server had said welcome on it. */
export function doubledAgain(doubled: number, letIn: boolean): number {
  return Math.min(doubled + 1, letIn ? MOST_DOUBLED_LET_IN : MOST_DOUBLED);
}
