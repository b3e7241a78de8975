import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Copy, RotateCw } from "lucide-react";
import { type ReactNode, useState } from "react";
import { getRun } from "@/lib/api";
import { span, toTheSecond } from "@/lib/format";
import { problemFrom } from "@/lib/http";
import { useCommand } from "@/lib/use-live";
import { useIsAdmin, useMayCommand } from "@/lib/use-session";
import type { JobView, RunView } from "@/lib/views";
import { Button, IconButton } from "@/ui/button";
import { ProblemNote, Skeleton } from "@/ui/small";
import { toast } from "@/ui/toast";
import { words } from "@/words";

const says = words.monitor.detail;

const TROUBLED: readonly JobView["status"][] = ["failed", "dead"];

/** Everything about a job, and where it failed what went wrong and what can be done. */
export function JobDetail({ job }: { job: JobView }) {
  const admin = useIsAdmin();
  return (
    <div className="animate-fade space-y-3 border-t bg-panel px-4 py-3 sm:pl-12">
      <dl className="grid gap-x-8 gap-y-2 text-[13px] sm:grid-cols-2 xl:grid-cols-3">
        <Fact name={says.job}>
          <Id id={job.job_id} />
        </Fact>
        <Fact name={says.project}>
          <Id id={job.run_id} />
        </Fact>
        <Fact name={says.see}>
          <Ways job={job} />
        </Fact>
        <Fact name={says.worker}>
          {job.worker_id === null ? (
            says.noWorker
          ) : (
            <Id id={job.worker_id} to={admin ? "/monitor/workers" : undefined} />
          )}
        </Fact>
        <Fact name={says.step}>{says.turn(job.step, job.phase, job.attempt)}</Fact>
        <Fact name={says.needs}>
          {job.requires.length === 0 ? says.needsNothing : job.requires.join(", ")}
        </Fact>
        <Fact name={says.times}>
          <Times job={job} />
        </Fact>
      </dl>
      {TROUBLED.includes(job.status) && <Failure job={job} />}
    </div>
  );
}

const WAY = "underline-offset-4 hover:underline pointer-coarse:py-2";

/** To all that this job is a part of, beside the project in its row. */
function Ways({ job: { run_id, agent_name } }: { job: JobView }) {
  return (
    <span className="flex flex-wrap gap-x-4">
      <Link to="/projects/$runId/timeline" params={{ runId: run_id }} className={WAY}>
        {says.timeline}
      </Link>
      <Link to="/monitor/jobs" search={{ q: run_id }} className={WAY}>
        {says.ofProject}
      </Link>
      {agent_name !== null && (
        <Link to="/monitor/jobs" search={{ agent: agent_name }} className={WAY}>
          {says.ofAgent(agent_name)}
        </Link>
      )}
    </span>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="flex min-w-0 items-baseline gap-3">
      <dt className="w-14 shrink-0 text-ink-3">{name}</dt>
      <dd className="flex min-w-0 items-baseline wrap-anywhere">{children}</dd>
    </div>
  );
}

function Id({ id, to }: { id: string; to?: "/monitor/workers" | undefined }) {
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(id);
      toast(says.copied);
    } catch {
      toast.error(says.notCopied, { description: says.notCopiedHint });
    }
  };
  return (
    <span className="flex min-w-0 items-center gap-1">
      <span className="min-w-0 truncate font-mono text-xs" title={id}>
        {to === undefined ? (
          id
        ) : (
          <Link to={to} className="underline-offset-4 hover:underline">
            {id}
          </Link>
        )}
      </span>
      <IconButton label={says.copy} onClick={copy} className="-my-1.5 size-7">
        <Copy aria-hidden="true" className="size-3.5!" />
      </IconButton>
    </span>
  );
}

function Times({ job }: { job: JobView }) {
  const parts = [
    says.queued(toTheSecond(job.queued_at)),
    job.claimed_at === null ? "" : says.started(toTheSecond(job.claimed_at)),
    job.ended_at === null ? "" : says.ended(toTheSecond(job.ended_at)),
    job.waited_ms === null ? "" : says.waited(span(job.waited_ms)),
    job.ran_ms === null ? "" : says.ran(span(job.ran_ms)),
  ];
  return <span className="tabular-nums">{parts.filter(Boolean).join(" · ")}</span>;
}

/** Older logs do not tell what a job failed with: then it is what its project tells of the step. */
function Failure({ job }: { job: JobView }) {
  const { data, error } = useQuery({
    queryKey: ["run", job.run_id, job.ended_at],
    queryFn: ({ signal }) => getRun(job.run_id, signal),
  });
  const fault = job.error ?? data?.errors.findLast(({ step }) => step === job.step);
  if (fault === undefined) {
    if (error !== null) return <ProblemNote problem={problemFrom(error)} />;
    return data === undefined ? <Skeleton className="h-16 rounded-lg" /> : null;
  }
  return (
    <ProblemNote problem={fault}>
      <Link
        to="/monitor/jobs"
        search={{ error: fault.code }}
        title={words.monitor.jobs.sameError(fault.code)}
        className="font-mono text-xs leading-8 text-ink-2 underline-offset-4 hover:underline"
      >
        {fault.code}
      </Link>
      {data !== undefined && <Retry view={data} job={job} />}
    </ProblemNote>
  );
}

/** A step that failed can be done again, by those who may. */
function Retry({ view, job }: { view: RunView; job: JobView }) {
  const command = useCommand();
  const may = useMayCommand();
  const [state, setState] = useState<"ready" | "pending" | "done">("ready");
  const step = view.steps.find((one) => one.step === job.step);
  if (!may || step?.status !== "error" || state === "done") return null;
  const retry = async () => {
    setState("pending");
    const outcome = await command("retry_step", { run_id: job.run_id, step: job.step });
    setState(outcome.ok ? "done" : "ready");
    if (outcome.ok) toast(says.retried(step.agent_name));
    else toast.error(outcome.error.message, { description: outcome.error.action });
  };
  return (
    <Button onClick={retry} disabled={state === "pending"}>
      <RotateCw aria-hidden="true" /> {says.retry}
    </Button>
  );
}
