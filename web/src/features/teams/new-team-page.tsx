import { useQuery } from "@tanstack/react-query";
import { useSearch } from "@tanstack/react-router";
import { problemFrom } from "@/lib/http";
import { getTeam, getTeamFolder, type TeamText } from "@/lib/teams";
import { useIsAdmin } from "@/lib/use-session";
import { Button } from "@/ui/button";
import { ProblemNote } from "@/ui/small";
import { words } from "@/words";
import { copied, freeName, STARTER } from "./drafts";
import { TeamEditor } from "./team-editor";
import { TeamFrame, TeamSkeleton } from "./team-page";

const says = words.teams;

/** A team that is not there yet: of its own, or a copy of another one. */
export function NewTeamPage() {
  const { from } = useSearch({ from: "/teams/new" });
  const admin = useIsAdmin();
  const { data, error, refetch } = useQuery({
    queryKey: ["teams", "draft", from ?? null],
    queryFn: ({ signal }) => beginning(from ?? null, signal),
    gcTime: 0,
    staleTime: Infinity,
  });
  return (
    <TeamFrame>
      {!admin && (
        <ProblemNote
          severity="warning"
          problem={{ message: says.readOnlyRole, action: "", reference: null }}
        />
      )}
      {admin && data === undefined && error !== null && (
        <ProblemNote problem={problemFrom(error)}>
          <Button onClick={() => refetch()}>{says.tryAgain}</Button>
        </ProblemNote>
      )}
      {admin && data === undefined && error === null && <TeamSkeleton />}
      {admin && data !== undefined && <TeamEditor key={from ?? ""} detail={null} begin={data} />}
    </TeamFrame>
  );
}

async function beginning(from: string | null, signal: AbortSignal): Promise<TeamText> {
  if (from === null) return { yaml: STARTER, instructions: {} };
  const [source, folder] = await Promise.all([getTeam(from, signal), getTeamFolder(signal)]);
  const name = freeName(
    from,
    folder.teams.map((team) => team.name),
  );
  const text = { yaml: source.yaml ?? STARTER, instructions: source.instructions };
  return copied(text, name, says.copyTitle(source.team.title));
}
