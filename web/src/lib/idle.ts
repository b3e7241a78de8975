/** At most this long (ms) after the page came, also where it is never idle. */
const AT_LAST_MS = 4_000;

/** Runs `work` once the browser has nothing better to do; what is returned calls it off. */
export function whenIdle(work: () => void): () => void {
  if (typeof requestIdleCallback === "function") {
    const asked = requestIdleCallback(work, { timeout: AT_LAST_MS });
    return () => cancelIdleCallback(asked);
  }
  const timer = setTimeout(work, AT_LAST_MS);
  return () => clearTimeout(timer);
}
