import { useNavigate } from "@tanstack/react-router";
import { useId, useState } from "react";
import type { TeamPlan } from "@/lib/teams";
import { useCommand, useConnected } from "@/lib/use-live";
import type { Problem } from "@/lib/wire";
import { Button } from "@/ui/button";
import { useServerStatus } from "@/ui/demo-label";
import { Select } from "@/ui/select";
import { ProblemNote } from "@/ui/small";
import { words } from "@/words";

const { try: says } = words.teams;
const BRIEF_CHARACTERS = 2_000;

/** Starts a small project with a saved team, after saying what that will use. */
export function TryIt({ team, unsaved }: { team: TeamPlan; unsaved: boolean }) {
  const status = useServerStatus();
  const connected = useConnected();
  const [brief, setBrief] = useState<string>(says.example);
  const [demo, setDemo] = useState(true);
  const { start, starting, problem } = useTry(team.name);
  const onlyDemo = status?.demo ?? true;
  const playing = onlyDemo || demo;
  const held = unsaved ? says.saveFirst : connected ? null : says.offline;
  const note = useId();
  return (
    <section aria-label={says.title} className="rounded-lg border bg-raised p-4">
      <h2 className="text-sm font-medium">{says.title}</h2>
      <textarea
        aria-label={says.brief}
        value={brief}
        maxLength={BRIEF_CHARACTERS}
        onChange={(event) => setBrief(event.target.value)}
        rows={2}
        className="mt-2.5 block field-sizing-content max-h-40 min-h-16 w-full resize-none rounded-md border bg-transparent px-3 py-2 text-[13px] leading-relaxed"
      />
      <div className="mt-2.5 flex flex-wrap items-center gap-2">
        {!onlyDemo && status !== undefined && (
          <Select
            label={says.with}
            value={demo ? "demo" : "model"}
            onChange={(chosen) => setDemo(chosen === "demo")}
          >
            <option value="demo">{says.demo}</option>
            <option value="model">{says.model(status.model)}</option>
          </Select>
        )}
        <Button
          look="primary"
          disabled={held !== null || starting || brief.trim() === ""}
          aria-describedby={note}
          onClick={() => start(brief.trim(), playing ? "demo" : null)}
        >
          {starting ? says.starting : says.start}
        </Button>
      </div>
      <p id={note} className="mt-2.5 text-xs leading-relaxed text-ink-2">
        {held ?? (playing ? says.usesDemo : says.usesModel(status?.model ?? ""))}
        {held === null && team.programs && ` ${says.usesPrograms}`}
      </p>
      {problem !== null && (
        <div className="mt-3">
          <ProblemNote problem={problem} />
        </div>
      )}
    </section>
  );
}

function useTry(team: string) {
  const command = useCommand();
  const navigate = useNavigate();
  const [starting, setStarting] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const start = async (brief: string, model: string | null) => {
    setStarting(true);
    setProblem(null);
    const outcome = await command("start_run", {
      brief,
      team,
      ...(model !== null && { options: { model } }),
    });
    setStarting(false);
    if (outcome.ok)
      await navigate({ to: "/projects/$runId", params: { runId: String(outcome.result.run_id) } });
    else setProblem(outcome.error);
  };
  return { start, starting, problem };
}
