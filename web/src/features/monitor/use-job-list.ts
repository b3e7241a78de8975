import { useInfiniteQuery } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useRef } from "react";
import { getJobs } from "@/lib/api";
import { useConnected, useLive } from "@/lib/use-live";
import type { JobView } from "@/lib/views";
import { type JobFilter, jobsShown } from "./job-filter";
import { useTitles } from "./use-titles";

export interface JobList {
  /** Undefined until the first page is there. */
  readonly jobs: readonly JobView[] | undefined;
  /** What a project is called. */
  readonly title: (runId: string) => string;
  readonly error: Error | null;
  /** An older page is on its way. */
  readonly loading: boolean;
  readonly more: () => void;
  readonly refetch: () => void;
}

const NOTHING: readonly JobView[] = [];

/** What HTTP lists page by page, and the stream keeps up to date. */
export function useJobList(filter: JobFilter): JobList {
  const live = useLive((state) => state.jobs) ?? NOTHING;
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: ["jobs", filter],
    queryFn: ({ pageParam, signal }) => getJobs(filter, pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next,
    staleTime: 0,
  });
  const again = useCallback(() => void refetch(), [refetch]);
  useOnReturn(again);
  const title = useTitles(useMemo(() => data?.pages.flatMap((page) => page.runs), [data]));
  const jobs = useMemo(() => {
    const listed = data?.pages.flatMap((page) => page.jobs);
    return listed && jobsShown(listed, live, filter, title, !hasNextPage);
  }, [data, live, filter, title, hasNextPage]);
  const more = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);
  return { jobs, title, error, loading: isFetchingNextPage, more, refetch: again };
}

/** The stream does not tell of all that ended while it was away: once it is back, what is listed is read again. */
function useOnReturn(read: () => void): void {
  const connected = useConnected();
  const before = useRef<"never" | "there" | "lost">("never");
  useEffect(() => {
    if (connected && before.current === "lost") read();
    if (connected) before.current = "there";
    else if (before.current === "there") before.current = "lost";
  }, [connected, read]);
}
