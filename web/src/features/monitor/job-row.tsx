import { Link } from "@tanstack/react-router";
import { ChevronRight } from "lucide-react";
import { useId, useState } from "react";
import type { Fault } from "@/lib/events";
import { ago } from "@/lib/format";
import { useServerNow } from "@/lib/use-live";
import { useIsAdmin } from "@/lib/use-session";
import type { JobView } from "@/lib/views";
import { cn } from "@/ui/cn";
import { StateWord } from "@/ui/states";
import { words } from "@/words";
import { ran, waited } from "./durations";
import { JobDetail } from "./job-detail";
import { JOB_LOOKS, shortId } from "./looks";
import { ProjectLink } from "./project-link";

const says = words.monitor.jobs;

/** Shared by the rows and their heading. */
export const JOB_COLUMNS =
  "grid gap-x-4 px-3 md:grid-cols-[20px_92px_minmax(0,1fr)_minmax(0,180px)_72px_72px_96px] lg:grid-cols-[20px_92px_minmax(0,1fr)_minmax(0,210px)_88px_72px_72px_96px]";

export function JobRow({ job, title }: { job: JobView; title: string }) {
  const [open, setOpen] = useState(false);
  const now = useServerNow();
  const detail = useId();
  return (
    <>
      <div
        className={cn(
          JOB_COLUMNS,
          "min-h-11 grid-cols-[20px_minmax(0,1fr)_auto] items-center py-2 text-[13px] transition-colors duration-150 hover:bg-hover max-md:gap-y-1",
        )}
      >
        <button
          type="button"
          aria-expanded={open}
          aria-controls={detail}
          aria-label={says.details(job.agent_name ?? job.step, title)}
          onClick={() => setOpen(!open)}
          className="-m-2 grid size-9 place-items-center rounded-md text-ink-3 hover:text-ink max-md:row-span-2 pointer-coarse:size-11"
        >
          <ChevronRight
            className={cn("size-4 transition-transform duration-150", open && "rotate-90")}
            aria-hidden="true"
          />
        </button>
        <StateWord look={JOB_LOOKS[job.status]} className="max-md:order-1 max-md:justify-self-end" />
        <ProjectLink runId={job.run_id} title={title} className="min-w-0 font-medium" />
        <Work job={job} />
        <Worker id={job.worker_id} />
        <Figure name={says.figures.waited} className="max-md:hidden">
          {waited(job, now)}
        </Figure>
        <Figure name={says.figures.ran} className="max-md:order-3 max-md:justify-self-end">
          {ran(job, now)}
        </Figure>
        <Figure name={says.figures.queued} className="text-ink-3 max-md:hidden">
          {ago(job.queued_at, now)}
        </Figure>
        {job.error !== null && <Why error={job.error} />}
      </div>
      <div id={detail}>{open && <JobDetail job={job} />}</div>
    </>
  );
}

/** The sentence, and the way to all that ended like this. */
function Why({ error }: { error: Fault }) {
  return (
    <p className="flex min-w-0 items-baseline gap-3 text-xs text-ink-2 max-md:order-4 max-md:col-span-2 max-md:col-start-2 md:col-span-full md:col-start-2">
      <span className="min-w-0 truncate" title={error.message}>
        {error.message}
      </span>
      <Link
        to="/monitor/jobs"
        search={{ error: error.code }}
        title={says.sameError(error.code)}
        className="shrink-0 font-mono text-[11px] text-ink-3 underline-offset-4 hover:underline pointer-coarse:py-2"
      >
        {error.code}
      </Link>
    </p>
  );
}

function Work({ job }: { job: JobView }) {
  const { agent_name, step, phase, attempt } = job;
  const parts = [phase === "work" ? "" : phase, attempt > 1 ? says.attempt(attempt) : ""].filter(Boolean);
  return (
    <span className="min-w-0 truncate max-md:order-2 max-md:text-xs max-md:text-ink-2">
      {agent_name ?? step}
      {parts.length > 0 && <span className="text-ink-3"> · {parts.join(" · ")}</span>}
    </span>
  );
}

function Worker({ id }: { id: string | null }) {
  const admin = useIsAdmin();
  if (id === null) return <span className="text-ink-3 max-lg:hidden">{says.noWorker}</span>;
  const look = "truncate font-mono text-xs text-ink-2 max-lg:hidden";
  if (!admin) return <span className={look}>{shortId(id)}</span>;
  return (
    <Link
      to="/monitor/jobs"
      search={{ q: id }}
      title={says.allOfWorker(id)}
      className={cn(look, "underline-offset-4 hover:underline")}
    >
      {shortId(id)}
    </Link>
  );
}

function Figure({ name, className, children }: { name: string; className?: string; children: string }) {
  return (
    <span className={cn("truncate text-right tabular-nums", className)}>
      {children !== "" && <span className="sr-only">{name} </span>}
      {children}
    </span>
  );
}
