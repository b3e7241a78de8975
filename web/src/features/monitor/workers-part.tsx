import { Link } from "@tanstack/react-router";
import { ChevronRight, Server } from "lucide-react";
import { useMemo } from "react";
import { ago } from "@/lib/format";
import { useLive, useServerNow } from "@/lib/use-live";
import type { JobView, WorkerView } from "@/lib/views";
import { AgentIcon } from "@/ui/agent-icon";
import { cn } from "@/ui/cn";
import { Empty, Skeleton } from "@/ui/small";
import { StateWord } from "@/ui/states";
import { words } from "@/words";
import { ran } from "./durations";
import { shortId, WORKER_LOOKS } from "./looks";
import { ForAdmins } from "./part";
import { ProjectLink } from "./project-link";
import { useTitles } from "./use-titles";
import { heldBy, isThere } from "./workers";

const says = words.monitor.worker;

const NOTHING: readonly JobView[] = [];

export function WorkersPart() {
  return (
    <ForAdmins topic="workers">
      <div className="h-full overflow-y-auto">
        <div className="mx-auto max-w-[1280px] px-4 pt-5 pb-16 sm:px-6">
          <Workers />
        </div>
      </div>
    </ForAdmins>
  );
}

function Workers() {
  const workers = useLive((state) => state.workers);
  const jobs = useLive((state) => state.jobs) ?? NOTHING;
  const held = useMemo(() => heldBy(jobs), [jobs]);
  if (workers === null) {
    return (
      <div className="grid gap-3 lg:grid-cols-2">
        <Skeleton className="h-44 rounded-lg" />
        <Skeleton className="h-44 rounded-lg" />
      </div>
    );
  }
  const there = workers.filter(isThere);
  const left = workers.filter((worker) => !isThere(worker)).reverse();
  return (
    <>
      {there.length === 0 && (
        <div className="rounded-lg border bg-raised">
          <Empty icon={Server} title={says.none}>
            {says.noneHint}
          </Empty>
        </div>
      )}
      <ul
        aria-label={words.monitor.workers}
        className={cn("grid gap-3", there.length > 1 && "lg:grid-cols-2")}
      >
        {there.map((worker) => (
          <li key={worker.worker_id}>
            <WorkerCard worker={worker} jobs={held.get(worker.worker_id) ?? NOTHING} />
          </li>
        ))}
      </ul>
      {left.length > 0 && <Left workers={left} />}
    </>
  );
}

function WorkerCard({ worker, jobs }: { worker: WorkerView; jobs: readonly JobView[] }) {
  const { worker_id, host, status, capabilities, concurrency, registered_at } = worker;
  const now = useServerNow();
  const seen = useLive((state) => state.stats?.seen.find((one) => one.worker_id === worker_id)?.last_seen);
  return (
    <article
      aria-label={says.label(shortId(worker_id), host)}
      className="h-full rounded-lg border bg-raised p-4"
    >
      <div className="flex items-center gap-2.5">
        <h2 className="min-w-0 truncate text-sm font-medium" title={worker_id}>
          {host} <span className="font-mono text-xs font-normal text-ink-3">{shortId(worker_id)}</span>
        </h2>
        <StateWord look={WORKER_LOOKS[status]} className="ml-auto" />
      </div>
      <Places taken={jobs.length} of={concurrency} />
      <Held jobs={jobs} now={now} />
      {capabilities.length > 0 && (
        <ul aria-label={says.capabilities} className="mt-3 flex flex-wrap gap-1.5">
          {capabilities.map((one) => (
            <li key={one} className="rounded-full border px-2 py-0.5 text-xs text-ink-2">
              {one}
            </li>
          ))}
        </ul>
      )}
      <dl className="mt-3 flex flex-wrap gap-x-5 gap-y-1 border-t pt-3 text-xs text-ink-2">
        <Fact name={says.lastSeen}>{seen === undefined ? says.neverSeen : seenAgo(seen, now)}</Fact>
        <Fact name={says.hereSince}>{ago(registered_at, now)}</Fact>
        <Counts worker={worker} />
      </dl>
    </article>
  );
}

/** Heard of within the last seconds: to the second it is not known. */
function seenAgo(moment: string, now: number): string {
  const seconds = (now - Date.parse(moment)) / 1000;
  if (seconds < 15) return says.seenNow;
  return seconds < 60 ? says.seenAgo(Math.floor(seconds)) : ago(moment, now);
}

const MARKS = Array.from({ length: 16 }, (_, at) => at);

/** One mark for each job that it may have at once. */
function Places({ taken, of }: { taken: number; of: number }) {
  const marks = Math.min(of, MARKS.length);
  return (
    <div className="mt-3 flex items-center gap-3">
      <span aria-hidden="true" className="flex min-w-0 flex-1 gap-1">
        {MARKS.slice(0, marks).map((at) => (
          <span
            key={at}
            className={cn(
              "h-1.5 flex-1 rounded-full transition-colors duration-300",
              at < Math.ceil((taken / of) * marks) ? "bg-active" : "bg-line",
            )}
          />
        ))}
      </span>
      <span className="text-xs text-ink-2 tabular-nums">
        <span className="sr-only">{says.places}</span>
        {says.placesTaken(taken, of)}
      </span>
    </div>
  );
}

function Held({ jobs, now }: { jobs: readonly JobView[]; now: number }) {
  const title = useTitles();
  if (jobs.length === 0)
    return <p className="mt-3 flex h-8 items-center text-[13px] text-ink-3">{says.idle}</p>;
  return (
    <ul aria-label={says.running} className="mt-3 space-y-1">
      {jobs.map((job) => (
        <li key={job.job_id} className="flex min-h-8 items-center gap-2.5 text-[13px]">
          <AgentIcon name={job.agent_name ?? job.step} className="size-4 shrink-0 text-active" />
          <span className="w-22 shrink-0 truncate">{job.agent_name ?? job.step}</span>
          <ProjectLink runId={job.run_id} title={title(job.run_id)} className="min-w-0 flex-1 font-medium" />
          <span className="shrink-0 text-xs text-ink-2 tabular-nums">{ran(job, now)}</span>
        </li>
      ))}
    </ul>
  );
}

function Fact({ name, children }: { name: string; children: string }) {
  return (
    <div className="flex gap-1.5">
      <dt>{name}</dt>
      <dd className="text-ink tabular-nums">{children}</dd>
    </div>
  );
}

/** What it has done, and the way to it. */
function Counts({ worker }: { worker: WorkerView }) {
  const { worker_id, completed, failed } = worker;
  return (
    <div className="ml-auto flex gap-1.5">
      <dt className="sr-only">{says.jobs}</dt>
      <dd className="tabular-nums">
        <Link
          to="/monitor/jobs"
          search={{ q: worker_id }}
          className="text-ink underline-offset-4 hover:underline"
        >
          {says.completed(completed)}
          {failed > 0 && <span className="text-fail">{says.failed(failed)}</span>}
        </Link>
      </dd>
    </div>
  );
}

function Left({ workers }: { workers: readonly WorkerView[] }) {
  const now = useServerNow();
  return (
    <details className="group mt-6">
      <summary className="inline-flex h-8 items-center gap-1.5 rounded-md text-[13px] font-medium text-ink-2 hover:text-ink pointer-coarse:min-h-11">
        <ChevronRight
          className="size-4 transition-transform duration-150 group-open:rotate-90"
          aria-hidden="true"
        />
        {says.left(workers.length)}
      </summary>
      <ul className="mt-2 divide-y overflow-hidden rounded-lg border bg-raised">
        {workers.map((worker) => (
          <li
            key={worker.worker_id}
            className="flex min-h-11 flex-wrap items-center gap-x-4 gap-y-1 px-4 py-2 text-[13px]"
          >
            <StateWord look={WORKER_LOOKS[worker.status]} className="w-16" />
            <span className="min-w-0 flex-1 truncate" title={worker.worker_id}>
              {worker.host} <span className="font-mono text-xs text-ink-3">{shortId(worker.worker_id)}</span>
            </span>
            <span className="text-xs text-ink-3">{says.came(ago(worker.registered_at, now))}</span>
            <dl className="text-xs text-ink-2">
              <Counts worker={worker} />
            </dl>
          </li>
        ))}
      </ul>
    </details>
  );
}
