import { useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { Copy, Download, Trash2 } from "lucide-react";
import { useState } from "react";
import { problemFrom } from "@/lib/http";
import { removeTeam, type TeamDetail, teamFileUrl } from "@/lib/teams";
import type { Problem } from "@/lib/wire";
import { Button, buttonClass } from "@/ui/button";
import { Confirm } from "@/ui/confirm";
import { ProblemNote } from "@/ui/small";
import { toast } from "@/ui/toast";
import { words } from "@/words";

const says = words.teams;

interface Props {
  readonly detail: TeamDetail;
  readonly admin: boolean;
  /** Called before the page is left. */
  readonly onRemoved: () => void;
}

/** What can be done with a whole team. */
export function TeamActions({ detail: { team, yaml, version }, admin, onRemoved }: Props) {
  const { remove, problem } = useRemoval(team.name, version, onRemoved);
  return (
    <div className="space-y-3 empty:hidden">
      <div className="flex flex-wrap gap-2 empty:hidden">
        {admin && (
          <Link to="/teams/new" search={{ from: team.name }} className={buttonClass()}>
            <Copy aria-hidden="true" /> {says.copy}
          </Link>
        )}
        {yaml !== null && (
          <a href={teamFileUrl(team.name)} download className={buttonClass()}>
            <Download aria-hidden="true" /> {says.exportFile}
          </a>
        )}
        {admin && team.own && (
          <Confirm
            trigger={
              <Button look="quiet">
                <Trash2 aria-hidden="true" /> {says.remove}
              </Button>
            }
            title={says.removeTitle(team.title)}
            action={says.remove}
            keep={says.keep}
            onConfirm={() => remove(team.title)}
          >
            {says.removeText}
          </Confirm>
        )}
      </div>
      {problem !== null && <ProblemNote problem={problem} />}
    </div>
  );
}

function useRemoval(name: string, version: string, onRemoved: () => void) {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [problem, setProblem] = useState<Problem | null>(null);
  const remove = async (title: string) => {
    setProblem(null);
    try {
      await removeTeam(name, version);
    } catch (error) {
      setProblem(problemFrom(error));
      return;
    }
    onRemoved();
    toast(says.removed(title));
    await navigate({ to: "/teams" });
    queries.removeQueries({ queryKey: ["teams", "file", name] });
    await queries.invalidateQueries({ queryKey: ["teams"] });
  };
  return { remove, problem };
}
