import { useNavigate, useSearch } from "@tanstack/react-router";
import { ListChecks, SearchX } from "lucide-react";
import { useCallback, useMemo } from "react";
import { problemFrom } from "@/lib/http";
import { useLive } from "@/lib/use-live";
import type { JobView } from "@/lib/views";
import { Button } from "@/ui/button";
import { SearchBox } from "@/ui/search-box";
import { Select } from "@/ui/select";
import { Empty, ProblemNote, Skeleton } from "@/ui/small";
import { useTyped } from "@/ui/use-typed";
import { VirtualList } from "@/ui/virtual-list";
import { words } from "@/words";
import { isFiltered, type JobFilter, readJobFilter } from "./job-filter";
import { JOB_COLUMNS, JobRow } from "./job-row";
import { JOB_LOOKS } from "./looks";
import { type JobList, useJobList } from "./use-job-list";

const says = words.monitor.jobs;
const { columns } = says;
const NOTHING: readonly JobView[] = [];
const STATES = Object.entries(JOB_LOOKS) as readonly [JobView["status"], (typeof JOB_LOOKS)["queued"]][];

/** All jobs that one may see, live, the last made first. */
export function JobsPart() {
  const filter = useSearch({ from: "/monitor/jobs" });
  const list = useJobList(filter);
  return (
    <div className="mx-auto flex h-full max-w-[1280px] flex-col px-4 pt-4 sm:px-6">
      <Filters filter={filter} listed={list.jobs ?? NOTHING} />
      <Jobs filter={filter} list={list} />
    </div>
  );
}

function useFilter(): (change: Partial<JobFilter>) => void {
  const navigate = useNavigate({ from: "/monitor/jobs" });
  return useCallback(
    (change) =>
      void navigate({ to: ".", search: (before) => readJobFilter({ ...before, ...change }), replace: true }),
    [navigate],
  );
}

function Filters({ filter, listed }: { filter: JobFilter; listed: readonly JobView[] }) {
  const change = useFilter();
  const agents = useAgents(filter.agent);
  const errors = useErrors(filter.error, listed);
  const [typed, type] = useTyped(
    filter.q ?? "",
    useCallback((q) => change({ q }), [change]),
  );
  return (
    <div className="mb-3 flex shrink-0 flex-wrap gap-2">
      <SearchBox
        label={says.search}
        placeholder={says.searchHint}
        value={typed}
        onChange={type}
        className="w-full sm:w-72"
      />
      <Select
        label={says.state}
        value={filter.status ?? ""}
        onChange={(status) => change({ status: (status as JobView["status"]) || undefined })}
      >
        <option value="">{says.allStates}</option>
        {STATES.map(([status, { word }]) => (
          <option key={status} value={status}>
            {word}
          </option>
        ))}
      </Select>
      <Select
        label={says.agent}
        value={filter.agent ?? ""}
        onChange={(agent) => change({ agent: agent || undefined })}
      >
        <option value="">{says.allAgents}</option>
        {agents.map((name) => (
          <option key={name}>{name}</option>
        ))}
      </Select>
      <Select
        label={says.error}
        value={filter.error ?? ""}
        onChange={(error) => change({ error: error || undefined })}
      >
        <option value="">{says.allErrors}</option>
        {errors.map((code) => (
          <option key={code}>{code}</option>
        ))}
      </Select>
    </div>
  );
}

/** Agents that there is work of. */
function useAgents(chosen: string | undefined): readonly string[] {
  const jobs = useLive((state) => state.jobs);
  const runs = useLive((state) => state.runs);
  return useMemo(() => {
    const names = new Set<string>(chosen === undefined ? [] : [chosen]);
    for (const { agent_name } of jobs ?? []) if (agent_name !== null) names.add(agent_name);
    for (const { steps } of runs ?? []) for (const { agent_name } of steps) names.add(agent_name);
    return [...names].sort((a, b) => a.localeCompare(b));
  }, [jobs, runs, chosen]);
}

/** Codes that jobs have ended with. */
function useErrors(chosen: string | undefined, listed: readonly JobView[]): readonly string[] {
  const jobs = useLive((state) => state.jobs) ?? NOTHING;
  return useMemo(() => {
    const codes = new Set<string>(chosen === undefined ? [] : [chosen]);
    for (const { error } of [...jobs, ...listed]) if (error !== null) codes.add(error.code);
    return [...codes].sort();
  }, [jobs, listed, chosen]);
}

function Jobs({ filter, list }: { filter: JobFilter; list: JobList }) {
  const { jobs, title, error, loading, more, refetch } = list;
  if (error !== null && jobs === undefined) {
    return (
      <ProblemNote problem={problemFrom(error)}>
        <Button onClick={refetch}>{words.monitor.tryAgain}</Button>
      </ProblemNote>
    );
  }
  if (jobs === undefined) return <RowSkeletons />;
  if (jobs.length === 0) return <NoJobs filtered={isFiltered(filter)} />;
  return (
    <div className="mb-4 flex min-h-0 flex-col overflow-hidden rounded-lg border bg-raised">
      <Heads />
      <VirtualList
        label={says.label}
        items={jobs}
        keyOf={(job) => job.job_id}
        estimate={45}
        onEnd={more}
        footer={<Older loading={loading} failed={error !== null} onRetry={more} />}
      >
        {(job) => <JobRow job={job} title={title(job.run_id)} />}
      </VirtualList>
    </div>
  );
}

function Older({ loading, failed, onRetry }: { loading: boolean; failed: boolean; onRetry: () => void }) {
  if (loading) return <p className="py-3 text-center text-[13px] text-ink-3">{says.older}</p>;
  if (!failed) return null;
  return (
    <p className="flex items-center justify-center gap-3 py-3 text-[13px] text-ink-2">
      {says.olderNotLoaded} <Button onClick={onRetry}>{words.monitor.tryAgain}</Button>
    </p>
  );
}

/** Each row says for itself what its figures are; this is for the eye. */
function Heads() {
  return (
    <div
      aria-hidden="true"
      className={`${JOB_COLUMNS} h-9 shrink-0 items-center border-b bg-panel text-xs font-medium text-ink-2 max-md:hidden`}
    >
      <span />
      <span>{columns.state}</span>
      <span>{columns.project}</span>
      <span>{columns.agent}</span>
      <span className="max-lg:hidden">{columns.worker}</span>
      <span className="text-right">{columns.waited}</span>
      <span className="text-right">{columns.ran}</span>
      <span className="text-right">{columns.queued}</span>
    </div>
  );
}

function RowSkeletons() {
  return (
    <div className="divide-y rounded-lg border bg-raised">
      {[0, 1, 2, 3, 4, 5].map((row) => (
        <div key={row} className="flex h-11 items-center gap-6 px-4">
          <Skeleton className="h-3.5 w-20" />
          <Skeleton className="h-3.5 w-56" />
        </div>
      ))}
    </div>
  );
}

function NoJobs({ filtered }: { filtered: boolean }) {
  return (
    <div className="rounded-lg border bg-raised">
      {filtered ? (
        <Empty icon={SearchX} title={says.nothing}>
          {says.nothingHint}
        </Empty>
      ) : (
        <Empty icon={ListChecks} title={says.none}>
          {says.noneHint}
        </Empty>
      )}
    </div>
  );
}
