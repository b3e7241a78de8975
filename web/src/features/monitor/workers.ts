import type { JobView, WorkerView } from "@/lib/views";

export function isThere({ status }: WorkerView): boolean {
  return status !== "gone" && status !== "lost";
}

/** The jobs that each worker holds now, by its id: what the jobs themselves say, in the order of their claiming. */
export function heldBy(jobs: readonly JobView[]): ReadonlyMap<string, readonly JobView[]> {
  const held = new Map<string, JobView[]>();
  for (const job of jobs) {
    if (job.status !== "claimed" || job.worker_id === null) continue;
    held.set(job.worker_id, [...(held.get(job.worker_id) ?? []), job]);
  }
  for (const some of held.values())
    some.sort((a, b) => (a.claimed_at ?? "").localeCompare(b.claimed_at ?? ""));
  return held;
}
