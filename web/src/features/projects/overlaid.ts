import type { RunSummary } from "@/lib/views";

/**
 * What HTTP listed, brought up to date by the stream, which holds the newest runs of all. Without a filter, runs
 * that the list does not have yet stand in front of it. A run as new as those of the stream that is not among
 * them was deleted meanwhile.
 */
export function overlaid(
  listed: readonly RunSummary[],
  live: readonly RunSummary[] | null,
  filtered: boolean,
): readonly RunSummary[] {
  if (live === null) return listed;
  const fresh = new Map(live.map((run) => [run.run_id, run]));
  const oldest = live.at(-1)?.created_at ?? "";
  const known = listed
    .filter((run) => fresh.has(run.run_id) || (live.length > 0 && run.created_at < oldest))
    .map((run) => fresh.get(run.run_id) ?? run);
  if (filtered) return known;
  const ids = new Set(listed.map((run) => run.run_id));
  const newest = listed[0]?.created_at ?? "";
  return [...live.filter((run) => !ids.has(run.run_id) && run.created_at >= newest), ...known];
}
