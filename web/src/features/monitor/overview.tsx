import { Link } from "@tanstack/react-router";
import { Coffee } from "lucide-react";
import type { ReactNode } from "react";
import type { Stats } from "@/lib/figures";
import { decimal, whole } from "@/lib/format";
import { useConnected, useLive, useNow } from "@/lib/use-live";
import type { JobView } from "@/lib/views";
import { AgentIcon } from "@/ui/agent-icon";
import { Empty, Skeleton } from "@/ui/small";
import { StateWord } from "@/ui/states";
import { words } from "@/words";
import { Chart, type Series } from "./chart";
import { figure, milliseconds, ran } from "./durations";
import { JOB_LOOKS } from "./looks";
import { ForAdmins, Panel } from "./part";
import { ProjectLink } from "./project-link";
import { RateLimits } from "./rate-limits";
import { useTitles } from "./use-titles";
import { isThere } from "./workers";

const says = words.monitor;
const { charts } = says;
const LISTED = 6;
const TROUBLED: readonly JobView["status"][] = ["failed", "dead", "lost"];

export function Overview() {
  return (
    <ForAdmins topic="stats">
      <div className="h-full overflow-y-auto">
        <div className="mx-auto max-w-[1280px] space-y-8 px-4 pt-5 pb-16 sm:px-6">
          <Tiles />
          <Charts />
          <div className="grid gap-8 *:min-w-0 lg:grid-cols-2">
            <RunningNow />
            <LatestFailures />
          </div>
          <RateLimits />
        </div>
      </div>
    </ForAdmins>
  );
}

function Tiles() {
  const stats = useLive((state) => state.stats);
  const workers = useLive((state) => state.workers);
  const there = workers?.filter(isThere) ?? null;
  const slots = there?.reduce((sum, worker) => sum + worker.concurrency, 0) ?? 0;
  const share = stats?.connected_share ?? null;
  return (
    <section aria-label={says.now} className="grid grid-cols-2 gap-3 lg:grid-cols-4">
      <Tile
        to="/monitor/jobs"
        search={{ status: "claimed" }}
        name={says.running}
        value={stats && running(stats)}
      >
        {says.places(slots, there?.length ?? 0)}
      </Tile>
      <Tile
        to="/monitor/jobs"
        search={{ status: "queued" }}
        name={says.queued}
        value={stats && queued(stats)}
      >
        {says.queuedHint}
      </Tile>
      <Tile to="/monitor/workers" name={says.workers} value={there?.length ?? null}>
        {there === null ? "" : says.atWork(there.filter(({ running: jobs }) => jobs.length > 0).length)}
      </Tile>
      <Tile to="/monitor/connections" name={says.connected} value={stats?.connections ?? null}>
        {share === null ? says.nobodyConnected : says.connectedShare(decimal(share * 100, 2))}
      </Tile>
    </section>
  );
}

type TileProps = {
  readonly name: string;
  readonly value: number | null;
  readonly children: string;
} & (
  | { readonly to: "/monitor/jobs"; readonly search: { readonly status: JobView["status"] } }
  | { readonly to: "/monitor/workers" | "/monitor/connections" }
);

function Tile({ name, value, children, ...target }: TileProps) {
  return (
    <Link
      {...target}
      className="rounded-lg border bg-raised px-4 py-3 transition-colors duration-150 hover:border-line-strong hover:bg-hover"
    >
      <span className="block text-[13px] text-ink-2">{name}</span>
      {value === null ? (
        <Skeleton className="my-1 h-7 w-12" />
      ) : (
        <span className="block text-[26px] leading-9 font-semibold tracking-[-0.02em] tabular-nums">
          {whole(value)}
        </span>
      )}
      <span className="block min-h-4 truncate text-xs text-ink-3">{value === null ? "" : children}</span>
    </Link>
  );
}

const queued = ({ jobs }: Stats) => jobs.queued ?? 0;
const running = ({ jobs }: Stats) => jobs.claimed ?? 0;

const QUEUE: readonly Series[] = [
  { name: charts.running, figure: running, tone: "text-active", filled: true },
  { name: charts.queued, figure: queued, tone: "text-ink-2" },
];
const EVENTS: readonly Series[] = [
  { name: charts.perSecond, figure: ({ events_per_second }) => events_per_second, tone: "text-ink-2" },
];
const DELIVERY = percentiles(({ delivery_ms }) => delivery_ms);
const COMMANDS = percentiles(({ command_ms }) => command_ms);

function percentiles(of: (stats: Stats) => Stats["delivery_ms"]): readonly Series[] {
  return [
    { name: charts.p50, figure: (stats) => of(stats).p50, tone: "text-ink" },
    { name: charts.p95, figure: (stats) => of(stats).p95, tone: "text-ink-3" },
    { name: charts.p99, figure: (stats) => of(stats).p99, tone: "text-ink-3", dashed: true },
  ];
}

function Charts() {
  const history = useLive((state) => state.history);
  const connected = useConnected();
  const now = useNow(connected) + 1_000;
  const shared = { history, now };
  return (
    <Panel title={charts.title} aside={<Since first={history[0]?.at ?? now} now={now} />}>
      <div className="grid gap-3 lg:grid-cols-2">
        <Chart title={charts.jobs} series={QUEUE} format={figure} least={4} {...shared} />
        <Chart title={charts.events} series={EVENTS} format={figure} least={10} {...shared} />
        <Chart title={charts.delivery} series={DELIVERY} format={milliseconds} least={10} {...shared} />
        <Chart title={charts.commands} series={COMMANDS} format={milliseconds} least={10} {...shared} />
      </div>
    </Panel>
  );
}

function Since({ first, now }: { first: number; now: number }) {
  const seconds = Math.round((now - first) / 1000);
  if (seconds >= 295) return null;
  return <span className="text-xs text-ink-3">{charts.since}</span>;
}

function RunningNow() {
  const jobs = useLive((state) => state.jobs);
  const now = useNow() + useLive((state) => state.clockAheadMs);
  const title = useTitles();
  const held = jobs?.filter(({ status }) => status === "claimed") ?? null;
  return (
    <Panel title={says.runningNow} aside={<More shown={held} status="claimed" />}>
      <Rows jobs={held} empty={says.nobodyAtWork} hint={says.nobodyAtWorkHint}>
        {(job) => (
          <>
            <AgentIcon name={job.agent_name ?? job.step} className="size-4 shrink-0 text-active" />
            <span className="w-24 shrink-0 truncate text-[13px]">{job.agent_name ?? job.step}</span>
            <ProjectLink
              runId={job.run_id}
              title={title(job.run_id)}
              className="min-w-0 flex-1 text-[13px] font-medium"
            />
            <span className="shrink-0 text-xs text-ink-2 tabular-nums">{ran(job, now)}</span>
          </>
        )}
      </Rows>
    </Panel>
  );
}

function LatestFailures() {
  const jobs = useLive((state) => state.jobs);
  const title = useTitles();
  const troubled = jobs?.filter(({ status }) => TROUBLED.includes(status)) ?? null;
  return (
    <Panel title={says.failures} aside={<More shown={troubled} status="failed" />}>
      <Rows jobs={troubled} empty={says.noFailures} hint={says.noFailuresHint}>
        {(job) => (
          <>
            <StateWord look={JOB_LOOKS[job.status]} className="w-20" />
            <span className="w-24 shrink-0 truncate text-[13px]">{job.agent_name ?? job.step}</span>
            <ProjectLink
              runId={job.run_id}
              title={title(job.run_id)}
              className="min-w-0 flex-1 text-[13px] font-medium"
            />
            <Link
              to="/monitor/jobs"
              search={{ q: job.job_id }}
              className="shrink-0 text-xs text-ink-2 underline-offset-4 hover:underline"
            >
              {says.job}
            </Link>
          </>
        )}
      </Rows>
    </Panel>
  );
}

interface RowsProps {
  readonly jobs: readonly JobView[] | null;
  readonly empty: string;
  readonly hint: string;
  readonly children: (job: JobView) => ReactNode;
}

function Rows({ jobs, empty, hint, children }: RowsProps) {
  return (
    <div className="overflow-hidden rounded-lg border bg-raised">
      {jobs === null && <Skeleton className="m-4 h-4 w-56" />}
      {jobs?.length === 0 && (
        <Empty icon={Coffee} title={empty}>
          {hint}
        </Empty>
      )}
      {jobs !== null && jobs.length > 0 && (
        <ul className="divide-y">
          {jobs.slice(0, LISTED).map((job) => (
            <li key={job.job_id} className="flex min-h-11 items-center gap-3 px-4 py-2">
              {children(job)}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function More({ shown, status }: { shown: readonly JobView[] | null; status: JobView["status"] }) {
  if (shown === null || shown.length === 0) return null;
  return (
    <Link
      to="/monitor/jobs"
      search={{ status }}
      className="text-[13px] text-ink-2 underline-offset-4 hover:text-ink hover:underline"
    >
      {shown.length > LISTED ? says.seeAll(shown.length) : says.seeInList}
    </Link>
  );
}
