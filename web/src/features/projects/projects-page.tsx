import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useSearch } from "@tanstack/react-router";
import { FolderOpen, SearchX } from "lucide-react";
import { useCallback, useMemo } from "react";
import { getRuns } from "@/lib/api";
import { problemFrom } from "@/lib/http";
import { useLive, useServerNow } from "@/lib/use-live";
import { useMayCommand, useSignedIn } from "@/lib/use-session";
import { AsOf } from "@/ui/as-of";
import { Button, buttonClass } from "@/ui/button";
import { RunRow } from "@/ui/run-row";
import { Empty, ProblemNote, Skeleton } from "@/ui/small";
import { VirtualList } from "@/ui/virtual-list";
import { words } from "@/words";
import { type ProjectFilter, queryOf } from "./filter";
import { Filters } from "./filters";
import { overlaid } from "./overlaid";

const says = words.projects;

/** All projects that one may see, the newest first. */
export function ProjectsPage() {
  const filter = useSearch({ from: "/projects" });
  return (
    <div className="mx-auto flex h-full w-full max-w-[960px] flex-col px-4 pt-8 pb-6 sm:px-6">
      <div className="mb-5 flex shrink-0 flex-wrap items-center gap-x-2 gap-y-3">
        <h1 className="flex-1 basis-full text-xl font-semibold tracking-[-0.015em] lg:basis-auto">
          {says.title}
        </h1>
        <Filters filter={filter} />
      </div>
      <div className="mb-4 shrink-0 empty:hidden">
        <AsOf />
      </div>
      <Rows filter={filter} />
    </div>
  );
}

function Rows({ filter }: { filter: ProjectFilter }) {
  const live = useLive((state) => state.runs);
  const now = useServerNow();
  const signedIn = useSignedIn() !== null;
  const filtered = Object.keys(filter).length > 0;
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: ["runs", filter],
    queryFn: ({ pageParam, signal }) => getRuns(queryOf(filter), pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next,
    staleTime: 0,
  });
  const runs = useMemo(() => {
    const listed = data?.pages.flatMap((page) => page.runs);
    return listed && overlaid(listed, live ?? [], filtered);
  }, [data, live, filtered]);
  const more = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);
  if (error !== null && runs === undefined) {
    return (
      <ProblemNote problem={problemFrom(error)}>
        <Button onClick={() => refetch()}>{says.tryAgain}</Button>
      </ProblemNote>
    );
  }
  return (
    <div className="flex min-h-0 flex-col overflow-hidden rounded-lg border bg-raised">
      {runs === undefined && <RowSkeletons />}
      {runs?.length === 0 && <None filtered={filtered} />}
      {runs !== undefined && runs.length > 0 && (
        <VirtualList
          label={says.title}
          items={runs}
          keyOf={(run) => run.run_id}
          estimate={53}
          onEnd={more}
          footer={<Older loading={isFetchingNextPage} failed={error !== null} onRetry={more} />}
        >
          {(run) => <RunRow run={run} now={now} owner={signedIn} />}
        </VirtualList>
      )}
    </div>
  );
}

function Older({ loading, failed, onRetry }: { loading: boolean; failed: boolean; onRetry: () => void }) {
  if (loading) return <p className="py-3 text-center text-[13px] text-ink-3">{says.older}</p>;
  if (!failed) return null;
  return (
    <p className="flex items-center justify-center gap-3 py-3 text-[13px] text-ink-2">
      {says.olderFailed} <Button onClick={onRetry}>{says.tryAgain}</Button>
    </p>
  );
}

function None({ filtered }: { filtered: boolean }) {
  const mayStart = useMayCommand();
  if (filtered) {
    return (
      <Empty icon={SearchX} title={says.nothing}>
        {says.nothingHint}
      </Empty>
    );
  }
  if (!mayStart) {
    return (
      <Empty icon={FolderOpen} title={says.none}>
        {says.noneToWatch}
      </Empty>
    );
  }
  return (
    <Empty icon={FolderOpen} title={says.none}>
      <p>{says.noneHint}</p>
      <p className="mt-4">
        <Link to="/" className={buttonClass("primary")}>
          {says.start}
        </Link>
      </p>
    </Empty>
  );
}

function RowSkeletons() {
  return [0, 1, 2, 3, 4].map((row) => (
    <div key={row} className="flex border-b h-13 items-center gap-4 px-4 max-sm:h-15">
      <Skeleton className="h-3.5 w-56" />
      <span className="flex-1" />
      <Skeleton className="h-3.5 w-24" />
    </div>
  ));
}
