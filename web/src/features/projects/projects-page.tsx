import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { FolderOpen, Search, SearchX } from "lucide-react";
import { useDeferredValue, useMemo, useState } from "react";
import { getRuns } from "@/lib/api";
import { problemFrom } from "@/lib/http";
import { useLive, useServerNow } from "@/lib/use-live";
import { useMayCommand } from "@/lib/use-session";
import type { RunSummary } from "@/lib/views";
import { Button, buttonClass } from "@/ui/button";
import { RunRow } from "@/ui/run-row";
import { Select } from "@/ui/select";
import { Empty, ProblemNote, Skeleton } from "@/ui/small";
import { overlaid } from "./overlaid";

const STATES = [
  ["", "All states"],
  ["running", "Running"],
  ["waiting", "Waiting for you"],
  ["paused", "Paused"],
  ["completed", "Completed"],
  ["failed", "Failed"],
  ["cancelled", "Cancelled"],
] as const;

export function ProjectsPage() {
  const [search, setSearch] = useState("");
  const [status, setStatus] = useState("");
  const q = useDeferredValue(search.trim());
  const filtered = q !== "" || status !== "";
  return (
    <div className="h-full overflow-y-auto">
      <div className="mx-auto w-full max-w-[880px] px-4 pt-8 pb-16 sm:px-6">
        <div className="mb-5 flex flex-wrap items-center gap-x-2 gap-y-3">
          <h1 className="flex-1 basis-full text-xl font-semibold tracking-[-0.015em] sm:basis-auto">
            Projects
          </h1>
          <SearchBox value={search} onChange={setSearch} />
          <Select label="State" value={status} onChange={setStatus}>
            {STATES.map(([value, word]) => (
              <option key={value} value={value}>
                {word}
              </option>
            ))}
          </Select>
        </div>
        <Rows q={q} status={status} filtered={filtered} />
      </div>
    </div>
  );
}

function SearchBox({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  return (
    <span className="relative flex-1 sm:flex-none">
      <Search className="absolute top-1/2 left-2.5 size-4 -translate-y-1/2 text-ink-3" aria-hidden="true" />
      <input
        type="search"
        aria-label="Search projects"
        placeholder="Search"
        value={value}
        onChange={(event) => onChange(event.target.value)}
        className="h-8 w-full rounded-md border bg-raised pr-2 pl-8 text-[13px] sm:w-56 pointer-coarse:min-h-11"
      />
    </span>
  );
}

function Rows({ q, status, filtered }: { q: string; status: string; filtered: boolean }) {
  const live = useLive((state) => state.runs);
  const now = useServerNow();
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: ["runs", q, status],
    queryFn: ({ pageParam, signal }) => getRuns({ q, status }, pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next,
    staleTime: 0,
  });
  const runs = useMemo(
    () =>
      data &&
      overlaid(
        data.pages.flatMap((page) => page.runs),
        live ?? [],
        filtered,
      ),
    [data, live, filtered],
  );
  if (error !== null) {
    return (
      <ProblemNote problem={problemFrom(error)}>
        <Button onClick={() => refetch()}>Try again</Button>
      </ProblemNote>
    );
  }
  return (
    <>
      <div className="divide-y overflow-hidden rounded-lg border bg-raised">
        {runs === undefined ? <RowSkeletons /> : <List runs={runs} filtered={filtered} now={now} />}
      </div>
      {hasNextPage && (
        <p className="mt-4 text-center">
          <Button onClick={() => fetchNextPage()} disabled={isFetchingNextPage}>
            {isFetchingNextPage ? "Loading" : "Show older projects"}
          </Button>
        </p>
      )}
    </>
  );
}

function List({ runs, filtered, now }: { runs: readonly RunSummary[]; filtered: boolean; now: number }) {
  const mayStart = useMayCommand();
  if (runs.length > 0) return runs.map((run) => <RunRow key={run.run_id} run={run} now={now} />);
  if (filtered) {
    return (
      <Empty icon={SearchX} title="Nothing matches">
        Try other words, or another state.
      </Empty>
    );
  }
  if (!mayStart) {
    return (
      <Empty icon={FolderOpen} title="No projects yet">
        Each one appears here as soon as somebody starts it.
      </Empty>
    );
  }
  return (
    <Empty icon={FolderOpen} title="No projects yet">
      <p>A project starts with a brief.</p>
      <p className="mt-4">
        <Link to="/" className={buttonClass("primary")}>
          Start a project
        </Link>
      </p>
    </Empty>
  );
}

function RowSkeletons() {
  return [0, 1, 2, 3, 4].map((row) => (
    <div key={row} className="flex h-13 items-center gap-4 px-4 max-sm:h-15">
      <Skeleton className="h-3.5 w-56" />
      <span className="flex-1" />
      <Skeleton className="h-3.5 w-24" />
    </div>
  ));
}
