import type { RunSummary } from "@/lib/views";

/**
 * What HTTP listed, brought up to date by the stream. Without a filter, runs that the stream knows and the list
 * does not yet have stand in front of it.
 */
export function overlaid(
  listed: readonly RunSummary[],
  live: readonly RunSummary[],
  filtered: boolean,
): readonly RunSummary[] {
  const fresh = new Map(live.map((run) => [run.run_id, run]));
  const known = listed.map((run) => fresh.get(run.run_id) ?? run);
  if (filtered) return known;
  const ids = new Set(listed.map((run) => run.run_id));
  const newest = listed[0]?.created_at ?? "";
  const added = live.filter((run) => !ids.has(run.run_id) && run.created_at >= newest);
  return [...added, ...known];
}
