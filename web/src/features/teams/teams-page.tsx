import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { Plus, Upload, UsersRound } from "lucide-react";
import { type ChangeEvent, useRef, useState } from "react";
import { problemFrom } from "@/lib/http";
import { getTeamFolder, importTeam, type TeamFolder, type TeamPlan } from "@/lib/teams";
import { useIsAdmin } from "@/lib/use-session";
import type { Problem } from "@/lib/wire";
import { AgentIcon } from "@/ui/agent-icon";
import { AsOf } from "@/ui/as-of";
import { Button, buttonClass } from "@/ui/button";
import { Empty, ProblemNote, Skeleton } from "@/ui/small";
import { words } from "@/words";

const says = words.teams;
const ICONS = 6;

/** All teams that a project can be given to. */
export function TeamsPage() {
  const admin = useIsAdmin();
  const { data, error, refetch } = useQuery({
    queryKey: ["teams", "folder"],
    queryFn: ({ signal }) => getTeamFolder(signal),
    staleTime: 0,
    // Others change teams too, and nothing tells this page.
    refetchOnWindowFocus: true,
  });
  return (
    <div className="h-full overflow-y-auto">
      <div className="mx-auto w-full max-w-[960px] space-y-4 px-4 pt-8 pb-16 sm:px-6">
        <div className="flex flex-wrap items-center gap-x-2 gap-y-3">
          <div className="min-w-0 flex-1 basis-60">
            <h1 className="text-xl font-semibold tracking-[-0.015em]">{says.title}</h1>
            <p className="mt-0.5 text-[13px] text-ink-2">{says.lead}</p>
          </div>
          {admin && <Making />}
        </div>
        <AsOf />
        {data === undefined && error !== null && (
          <ProblemNote problem={problemFrom(error)}>
            <Button onClick={() => refetch()}>{says.tryAgain}</Button>
          </ProblemNote>
        )}
        {data === undefined && error === null && <Skeletons />}
        {data !== undefined && <List folder={data} />}
      </div>
    </div>
  );
}

/** The ways to a new team. */
function Making() {
  const picker = useRef<HTMLInputElement>(null);
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [problem, setProblem] = useState<Problem | null>(null);
  const take = async ({ currentTarget: input }: ChangeEvent<HTMLInputElement>) => {
    const file = input.files?.[0];
    input.value = "";
    if (file === undefined) return;
    setProblem(null);
    try {
      const { team } = await importTeam(file);
      await queries.invalidateQueries({ queryKey: ["teams"] });
      await navigate({ to: "/teams/$name", params: { name: team.name } });
    } catch (error) {
      setProblem(problemFrom(error));
    }
  };
  return (
    <>
      <input
        ref={picker}
        type="file"
        accept=".yaml,.yml,.zip"
        onChange={take}
        className="hidden"
        aria-label={says.importFile}
      />
      <div className="flex gap-2">
        <Button onClick={() => picker.current?.click()}>
          <Upload aria-hidden="true" /> {says.importFile}
        </Button>
        <Link to="/teams/new" className={buttonClass("primary")}>
          <Plus aria-hidden="true" /> {says.newTeam}
        </Link>
      </div>
      {problem !== null && (
        <div className="basis-full">
          <ProblemNote problem={problem} />
        </div>
      )}
    </>
  );
}

function List({ folder: { teams, left_out } }: { folder: TeamFolder }) {
  return (
    <>
      <div className="overflow-hidden rounded-lg border bg-raised">
        {teams.length === 0 && (
          <Empty icon={UsersRound} title={says.none}>
            {says.noneHint}
          </Empty>
        )}
        {teams.length > 0 && (
          <ul aria-label={says.title} className="divide-y">
            {teams.map((team, at) => (
              <li key={team.name}>
                <Row team={team} standard={at === 0} />
              </li>
            ))}
          </ul>
        )}
      </div>
      {left_out.length > 0 && (
        <ProblemNote
          severity="warning"
          problem={{ message: says.leftOut, action: says.leftOutHint, reference: null }}
        >
          <ul className="basis-full list-disc space-y-1 pl-4 text-ink-2">
            {left_out.map(({ file, line, reason }) => (
              <li key={`${file} ${line} ${reason}`}>{says.fileFault(file, line, reason)}</li>
            ))}
          </ul>
        </ProblemNote>
      )}
    </>
  );
}

function Row({ team, standard }: { team: TeamPlan; standard: boolean }) {
  const facts = [
    team.own ? says.yours : says.ships,
    says.agents(team.steps.length),
    team.programs && says.programs,
    standard && says.standard,
  ].filter(Boolean);
  return (
    <Link
      to="/teams/$name"
      params={{ name: team.name }}
      className="flex items-start gap-4 px-4 py-3.5 -outline-offset-2 transition-colors duration-150 hover:bg-hover"
    >
      <span className="min-w-0 flex-1">
        <span className="block truncate text-sm font-medium">{team.title}</span>
        {team.description !== "" && (
          <span className="mt-0.5 line-clamp-2 text-[13px] leading-normal text-ink-2">
            {team.description}
          </span>
        )}
        <span className="mt-1 block text-xs text-ink-3">{facts.join(" · ")}</span>
      </span>
      <Faces team={team} />
    </Link>
  );
}

function Faces({ team }: { team: TeamPlan }) {
  const more = team.steps.length - ICONS;
  return (
    <span className="mt-1 flex shrink-0 max-sm:hidden" aria-hidden="true">
      {team.steps.slice(0, ICONS).map(({ step, agent_name }) => (
        <span
          key={step}
          title={agent_name}
          className="-ml-1.5 grid size-7 place-items-center rounded-full border bg-panel text-ink-2"
        >
          <AgentIcon name={agent_name} className="size-3.5" />
        </span>
      ))}
      {more > 0 && <span className="ml-1.5 self-center text-xs text-ink-3">+{more}</span>}
    </span>
  );
}

function Skeletons() {
  return (
    <div className="divide-y overflow-hidden rounded-lg border bg-raised">
      {[0, 1, 2].map((row) => (
        <div key={row} className="space-y-2 px-4 py-4">
          <Skeleton className="h-3.5 w-44" />
          <Skeleton className="h-3 w-3/4" />
          <Skeleton className="h-3 w-32" />
        </div>
      ))}
    </div>
  );
}
