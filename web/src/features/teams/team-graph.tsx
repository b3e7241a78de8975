import { CodeXml, Flag, LifeBuoy, type LucideIcon, Terminal } from "lucide-react";
import { useMemo } from "react";
import type { TeamPlan, TeamStep } from "@/lib/teams";
import { AgentIcon } from "@/ui/agent-icon";
import { cn } from "@/ui/cn";
import { words } from "@/words";
import { type Picture, pathOf, pictureOf } from "./layout";

const says = words.teams;
const SIZES = { width: 184, height: 72, gap: 16, drop: 40 };

/** The steps of a team, each below what it waits for: a picture to the eye, a list to everyone else. */
export function TeamGraph({ team, stale }: { team: TeamPlan; stale: boolean }) {
  const picture = useMemo(() => pictureOf(team.steps, SIZES), [team.steps]);
  const steps = new Map(team.steps.map((step) => [step.step, step]));
  return (
    <section
      aria-label={says.graphOf(team.title)}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached with the keyboard
      tabIndex={0}
      className={cn("overflow-x-auto rounded-lg border bg-panel p-5", stale && "opacity-60")}
    >
      <div className="relative mx-auto" style={{ width: picture.width, height: picture.height }}>
        <Lines picture={picture} />
        <ol>
          {picture.steps.map(({ step, x, y }) => {
            const shown = steps.get(step);
            return (
              shown && (
                <li
                  key={step}
                  className="absolute"
                  style={{ left: x, top: y, width: SIZES.width, height: SIZES.height }}
                >
                  <Card step={shown} team={team} />
                </li>
              )
            );
          })}
        </ol>
      </div>
    </section>
  );
}

function Lines({ picture }: { picture: Picture }) {
  return (
    <svg
      width={picture.width}
      height={picture.height}
      className="absolute inset-0 overflow-visible text-line-strong"
      aria-hidden="true"
    >
      <defs>
        <marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">
          <path d="M1 1 L7 4 L1 7" fill="none" stroke="currentColor" strokeWidth="1.5" />
        </marker>
      </defs>
      {picture.lines.map((line) => (
        <path
          key={`${line.from} ${line.to}`}
          d={pathOf(line)}
          fill="none"
          stroke="currentColor"
          strokeWidth="1.5"
          markerEnd="url(#arrow)"
        />
      ))}
    </svg>
  );
}

function Card({ step, team }: { step: TeamStep; team: TeamPlan }) {
  const names = step.needs.map((need) => team.steps.find((other) => other.step === need)?.agent_name ?? need);
  const phases = step.phases.length > 1 ? step.phases.join(" → ") : "";
  const titled = step.title !== step.agent_name;
  return (
    <div className="flex h-full items-center gap-2.5 rounded-lg border bg-raised px-3" title={step.role}>
      <span className="grid size-8 shrink-0 place-items-center rounded-full border bg-panel text-ink-2">
        <AgentIcon name={step.agent_name} className="size-4" />
      </span>
      <div className="min-w-0 flex-1">
        <p className="flex h-5 items-center gap-1.5">
          <span className="min-w-0 flex-1 truncate text-sm font-medium">{step.agent_name}</span>
          <Marks step={step} />
        </p>
        {titled && <p className="truncate text-xs text-ink-2">{step.title}</p>}
        <p className="sr-only">{names.length === 0 ? says.afterNobody : says.after(names.join(", "))}</p>
        {phases !== "" && (
          <p className="truncate text-xs text-ink-3" title={phases}>
            <span className="sr-only">{says.phases(step.phases.join(", "))}</span>
            <span aria-hidden="true">{phases}</span>
          </p>
        )}
      </div>
    </div>
  );
}

function Marks({ step }: { step: TeamStep }) {
  return (
    <>
      {step.agent === "python" && <Mark icon={CodeXml} word={says.kind.python} />}
      {step.agent === "command" && <Mark icon={Terminal} word={says.kind.command} />}
      {step.fallback && <Mark icon={LifeBuoy} word={says.fallback} />}
      {step.approval !== null && <Mark icon={Flag} word={says.approval[step.approval]} tone="text-wait" />}
    </>
  );
}

function Mark({ icon: Icon, word, tone = "text-ink-3" }: { icon: LucideIcon; word: string; tone?: string }) {
  return (
    <span title={word} className={cn("shrink-0", tone)}>
      <Icon className="size-3.5" aria-hidden="true" />
      <span className="sr-only">{word}</span>
    </span>
  );
}
