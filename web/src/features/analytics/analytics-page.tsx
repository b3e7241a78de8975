import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link, useSearch } from "@tanstack/react-router";
import { ChartColumn, RefreshCw } from "lucide-react";
import { timeOfDay } from "@/lib/format";
import { problemFrom } from "@/lib/http";
import { useMayCommand } from "@/lib/use-session";
import { Button, buttonClass, IconButton } from "@/ui/button";
import { cn } from "@/ui/cn";
import { Empty, ProblemNote, Skeleton } from "@/ui/small";
import { words } from "@/words";
import { wholeDay } from "./amounts";
import { type Analytics, getAnalytics, tableUrl } from "./analytics";
import { Charts } from "./charts";
import { Part } from "./figures-table";
import type { AnalyticsFilter } from "./filter";
import { Filters } from "./filters";
import { Summary } from "./summary";
import { Tables } from "./tables";

const says = words.analytics;

/** What became of the projects of some days. It stands still until one reloads it. */
export function AnalyticsPage() {
  const filter: AnalyticsFilter = useSearch({ from: "/analytics" });
  const { data, error, isFetching, refetch } = useQuery({
    queryKey: ["analytics", filter],
    queryFn: ({ signal }) => getAnalytics(filter, signal),
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnReconnect: false,
  });
  return (
    <div className="h-full overflow-y-auto">
      <div className="mx-auto w-full max-w-[1280px] px-4 pt-8 pb-16 sm:px-6">
        <div className="flex flex-wrap items-center gap-x-2 gap-y-3">
          <h1 className="flex-1 basis-full text-xl font-semibold tracking-[-0.015em] lg:basis-auto">
            {says.title}
          </h1>
          <Filters filter={filter} found={data} />
          <IconButton
            label={says.reload}
            look="plain"
            aria-disabled={isFetching}
            onClick={() => void refetch()}
          >
            <RefreshCw className={cn(isFetching && "motion-safe:animate-spin")} aria-hidden="true" />
          </IconButton>
        </div>
        <p className="mt-2 mb-5 min-h-5 text-[13px] text-ink-3" role="status">
          {data !== undefined && told(data)}
        </p>
        {error !== null && (
          <div className="mb-5">
            <ProblemNote problem={problemFrom(error)}>
              <Button onClick={() => void refetch()}>{says.cannot}</Button>
            </ProblemNote>
          </div>
        )}
        {data === undefined && error === null && <Skeletons />}
        {data !== undefined && <Found found={data} filter={filter} />}
      </div>
    </div>
  );
}

function told({ as_of, since, until, tz }: Analytics): string {
  return `${says.asOf(timeOfDay(as_of))} ${says.about(wholeDay(since), wholeDay(until), tz)}`;
}

function Found({ found, filter }: { found: Analytics; filter: AnalyticsFilter }) {
  if (found.total.runs === 0) return <Nothing />;
  const csv = (table: Parameters<typeof tableUrl>[0]) => tableUrl(table, filter, found.tz);
  return (
    <div className="space-y-8">
      <Summary total={found.total} waits={found.waits} />
      <Part title={says.overTime} csv={csv("days")}>
        <Charts days={found.days} total={found.total} />
      </Part>
      <Tables found={found} csv={csv} />
    </div>
  );
}

function Nothing() {
  const mayStart = useMayCommand();
  return (
    <div className="rounded-lg border bg-raised">
      <Empty icon={ChartColumn} title={says.none}>
        <p>{says.noneHint}</p>
        {mayStart && (
          <p className="mt-4">
            <Link to="/" className={buttonClass("primary")}>
              {says.start}
            </Link>
          </p>
        )}
      </Empty>
    </div>
  );
}

function Skeletons() {
  return (
    <div className="space-y-8">
      <div className="grid grid-cols-2 gap-3 md:grid-cols-3 xl:grid-cols-6">
        {[0, 1, 2, 3, 4, 5].map((tile) => (
          <Skeleton key={tile} className="h-[98px] rounded-lg" />
        ))}
      </div>
      <div className="grid gap-3 lg:grid-cols-2">
        {[0, 1, 2, 3].map((chart) => (
          <Skeleton key={chart} className="h-52 rounded-lg" />
        ))}
      </div>
    </div>
  );
}
