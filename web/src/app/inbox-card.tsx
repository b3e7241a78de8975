import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { RequestCard } from "@/features/project/request-card";
import { ShowFile } from "@/features/project/show-file";
import { getRun } from "@/lib/api";
import { problemFrom } from "@/lib/http";
import type { RequestView } from "@/lib/views";
import { Button } from "@/ui/button";
import { ProblemNote, Skeleton } from "@/ui/small";
import { words } from "@/words";

/** A request as its project shows it, with what it needs of the project. Files are shown there. */
export function InboxCard({ request, runId }: { request: RequestView; runId: string }) {
  const navigate = useNavigate();
  const { data, error, refetch } = useQuery({
    queryKey: ["run", runId, request.request_id],
    queryFn: ({ signal }) => getRun(runId, signal),
  });
  if (data !== undefined) {
    return (
      <ShowFile value={() => void navigate({ to: "/projects/$runId", params: { runId } })}>
        <RequestCard request={request} view={data} />
      </ShowFile>
    );
  }
  if (error === null) return <Skeleton className="h-32 rounded-lg" />;
  return (
    <ProblemNote problem={problemFrom(error)}>
      <Button onClick={() => refetch()}>{words.inbox.tryAgain}</Button>
    </ProblemNote>
  );
}
