import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { ArrowLeft } from "lucide-react";
import type { ReactNode } from "react";
import { problemFrom } from "@/lib/http";
import { getTeam } from "@/lib/teams";
import { AsOf } from "@/ui/as-of";
import { Button } from "@/ui/button";
import { ProblemNote, Skeleton } from "@/ui/small";
import { words } from "@/words";
import { TeamEditor } from "./team-editor";

const says = words.teams;

/** One team: how its agents work together, and its text. */
export function TeamPage() {
  const { name } = useParams({ strict: false });
  const { data, error, refetch } = useQuery({
    queryKey: ["teams", "file", name],
    queryFn: ({ signal }) => getTeam(name ?? "", signal),
    staleTime: 0,
    // Others change teams too, and nothing tells this page.
    refetchOnWindowFocus: true,
  });
  return (
    <TeamFrame>
      {data === undefined && error !== null && (
        <ProblemNote problem={problemFrom(error)}>
          <Button onClick={() => refetch()}>{says.tryAgain}</Button>
        </ProblemNote>
      )}
      {data === undefined && error === null && <TeamSkeleton />}
      {data !== undefined && <TeamEditor key={name} detail={data} />}
    </TeamFrame>
  );
}

/** What the pages of a team share: the way back, and what is said while the connection is away. */
export function TeamFrame({ children }: { children: ReactNode }) {
  return (
    <div className="h-full overflow-y-auto">
      <div className="mx-auto w-full max-w-[1280px] space-y-4 px-4 pt-5 pb-16 sm:px-6">
        <Link
          to="/teams"
          className="inline-flex items-center gap-1.5 text-[13px] text-ink-2 hover:text-ink pointer-coarse:min-h-11"
        >
          <ArrowLeft className="size-4" aria-hidden="true" /> {says.back}
        </Link>
        <AsOf />
        {children}
      </div>
    </div>
  );
}

export function TeamSkeleton() {
  return (
    <div className="space-y-5">
      <Skeleton className="h-7 w-56" />
      <div className="grid gap-6 lg:grid-cols-[minmax(0,480px)_minmax(0,1fr)]">
        <Skeleton className="h-96" />
        <Skeleton className="h-96" />
      </div>
    </div>
  );
}
