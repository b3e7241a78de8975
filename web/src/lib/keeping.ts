/** Keeps what is followed, once it rests for a moment, and lets go of what the server takes away. */

import type { KeptViews } from "./kept";
import type { Live, LiveState } from "./store";

/** A project that is written to all the time is kept this often (ms). */
const RESTS_MS = 2_000;
const RUN_TOPIC = "run:";

/**
 * Returns what keeps everything that waits, now: when the page is about to be left, say. `after`: returns what stops
 * it.
 */
export function keepViews(
  live: Live,
  kept: KeptViews,
  after: (ms: number, run: () => void) => () => void,
): () => void {
  const changed = new Set<string>();
  let stop: (() => void) | null = null;
  const keepNow = () => {
    stop?.();
    stop = null;
    const { epoch, views } = live.store.getState();
    for (const runId of changed) {
      const view = views[runId];
      if (epoch !== null && view !== undefined && view.status !== "deleted") void kept.keep(epoch, view);
    }
    changed.clear();
  };
  live.store.subscribe((state, before) => {
    for (const runId of gone(state, before)) {
      changed.delete(runId);
      void kept.forget(runId);
    }
    if (state.epoch !== before.epoch && state.epoch !== null) void kept.belongTo(state.epoch);
    for (const runId of differing(state, before)) changed.add(runId);
    if (wasLost(state, before)) {
      // As of the moment at which the connection was lost.
      for (const runId of followed(live, state)) changed.add(runId);
      keepNow();
    } else if (changed.size > 0) stop ??= after(RESTS_MS, keepNow);
  });
  return keepNow;
}

function wasLost({ link }: LiveState, before: LiveState): boolean {
  return link.status !== "connected" && before.link.status === "connected";
}

function followed(live: Live, { views }: LiveState): readonly string[] {
  return Object.keys(views).filter((runId) => live.follows(RUN_TOPIC + runId));
}

function differing({ views }: LiveState, before: LiveState): readonly string[] {
  if (views === before.views) return [];
  return Object.keys(views).filter((runId) => views[runId] !== before.views[runId]);
}

/** Deleted, or refused: it is not theirs any more. */
function gone(state: LiveState, before: LiveState): readonly string[] {
  const deleted = differing(state, before).filter((runId) => state.views[runId]?.status === "deleted");
  if (state.refused === before.refused) return deleted;
  const refused = Object.keys(state.refused).filter((topic) => topic.startsWith(RUN_TOPIC));
  return [...deleted, ...refused.map((topic) => topic.slice(RUN_TOPIC.length))];
}
