/** The lists of jobs and of workers: what events make of them, exactly as the server folds them. */

import { compareCodePoints } from "./codepoints";
import type { DataOf } from "./events";
import type { JobView, WorkerView } from "./views";
import type { Event } from "./wire";

/** Jobs that have ended, and workers that have left, that stay: the newest. */
const ENDED_LISTED = 100;
const OPEN_LISTED = 1_000;
const JOB_ENDED: readonly JobView["status"][] = ["completed", "failed", "cancelled", "dead"];
const WORKER_LEFT: readonly WorkerView["status"][] = ["gone", "lost"];

/** The job that was made last first. An event that changes nothing here returns the same list. */
export function evolveJobs(jobs: readonly JobView[], event: Event): readonly JobView[] {
  const { data, run_id } = event;
  if (data.type === "run_status" && data.status === "deleted") {
    const left = jobs.filter((job) => job.run_id !== run_id);
    return left.length === jobs.length ? jobs : left;
  }
  if (data.type !== "job_status" || run_id === null) return jobs;
  const held = jobs.find((job) => job.job_id === data.job_id);
  const others = jobs.filter((job) => job !== held);
  return listedJobs([...others, jobAfter(held ?? null, event, run_id, data)]);
}

function jobAfter(view: JobView | null, event: Event, run_id: string, data: DataOf<"job_status">): JobView {
  const queued = data.status === "queued";
  const claimed = data.status === "claimed";
  const held = queued ? null : view;
  return {
    job_id: data.job_id,
    run_id,
    step: data.step,
    phase: data.phase,
    attempt: data.attempt,
    status: data.status,
    agent_name: event.agent_name,
    worker_id: queued ? null : data.worker_id,
    requires: data.requires,
    queued_at: held?.queued_at ?? event.timestamp,
    claimed_at: claimed ? event.timestamp : (held?.claimed_at ?? null),
    ended_at: JOB_ENDED.includes(data.status) ? event.timestamp : null,
    waited_ms: claimed ? data.waited_ms : (held?.waited_ms ?? null),
    ran_ms: queued ? null : data.ran_ms,
    error: data.error,
  };
}

function listedJobs(jobs: readonly JobView[]): readonly JobView[] {
  const open = jobs.filter((job) => job.ended_at === null).sort(lastMade);
  const ended = jobs.filter((job) => job.ended_at !== null).sort(lastEnded);
  return [...open.slice(0, OPEN_LISTED), ...ended.slice(0, ENDED_LISTED)].sort(lastMade);
}

/** In the order of their coming. An event that changes nothing here returns the same list. */
export function evolveWorkers(workers: readonly WorkerView[], event: Event): readonly WorkerView[] {
  const { data } = event;
  if (data.type !== "worker_status" && data.type !== "job_status") return workers;
  const held = workers.find((worker) => worker.worker_id === data.worker_id) ?? null;
  const after = data.type === "worker_status" ? workerAfter(held, event, data) : counted(held, data.status);
  if (after === null || after === held) return workers;
  return listedWorkers([...workers.filter((worker) => worker !== held), after]);
}

function workerAfter(view: WorkerView | null, event: Event, data: DataOf<"worker_status">): WorkerView {
  return {
    worker_id: data.worker_id,
    host: data.host,
    status: data.status,
    capabilities: data.capabilities,
    concurrency: data.concurrency,
    running: data.running,
    registered_at: view?.registered_at ?? event.timestamp,
    completed: view?.completed ?? 0,
    failed: view?.failed ?? 0,
  };
}

/** A job that it held has come to this. */
function counted(view: WorkerView | null, status: JobView["status"]): WorkerView | null {
  if (view === null) return null;
  if (status === "completed") return { ...view, completed: view.completed + 1 };
  return status === "failed" ? { ...view, failed: view.failed + 1 } : view;
}

function listedWorkers(workers: readonly WorkerView[]): readonly WorkerView[] {
  const came = [...workers].sort(firstCame);
  const there = came.filter((worker) => !WORKER_LEFT.includes(worker.status));
  const left = came.filter((worker) => WORKER_LEFT.includes(worker.status));
  return [...there.slice(-OPEN_LISTED), ...left.slice(-ENDED_LISTED)].sort(firstCame);
}

function lastMade(a: JobView, b: JobView): number {
  return compareCodePoints(b.job_id, a.job_id);
}

function lastEnded(a: JobView, b: JobView): number {
  return compareCodePoints(b.ended_at ?? "", a.ended_at ?? "") || lastMade(a, b);
}

function firstCame(a: WorkerView, b: WorkerView): number {
  return compareCodePoints(a.registered_at, b.registered_at) || compareCodePoints(a.worker_id, b.worker_id);
}
