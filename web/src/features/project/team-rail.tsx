import { memo } from "react";
import type { StepState } from "@/lib/events";
import { cost, countdown, tokens } from "@/lib/format";
import { stepEnded } from "@/lib/reduce";
import { useConnected, useServerNow } from "@/lib/use-live";
import type { RunView, StepView } from "@/lib/views";
import { AgentIcon } from "@/ui/agent-icon";
import { cn } from "@/ui/cn";
import { Dots, Progress } from "@/ui/small";
import { StateWord, type Tone } from "@/ui/states";
import { words } from "@/words";
import { PhaseMarks } from "./phase-marks";
import {
  canFork,
  canRetry,
  canSkip,
  errorOf,
  fellBack,
  isAtWork,
  isMoving,
  pausedAt,
  stepClock,
  stepLook,
} from "./run-facts";
import { StepMenu } from "./step-menu";

const says = words.agent;

interface Props {
  readonly view: RunView;
  readonly onPick: (step: string) => void;
}

/** The team as a line of steps: the order is the story, the active one glows. */
export function TeamRail({ view, onPick }: Props) {
  // Nobody is shown at work that may have stopped meanwhile.
  const held = pausedAt(view);
  const still = !useConnected() || held !== null;
  return (
    <aside
      data-tour="team"
      aria-label={words.project.team}
      className="h-full overflow-y-auto bg-panel lg:border-r"
    >
      <h2 className="flex h-13 items-center px-5 text-xs font-medium text-ink-2">{words.project.team}</h2>
      <ol className="px-2 pb-6">
        {view.steps.map((step, at) => (
          <li key={step.step} className="relative">
            <StepCard
              step={step}
              still={still}
              held={held}
              fault={step.status === "error" ? (errorOf(view, step.step)?.message ?? null) : null}
              last={at === view.steps.length - 1}
              onPick={onPick}
            />
            <StepMenu
              runId={view.run_id}
              step={step.step}
              name={step.agent_name}
              mayFork={canFork(view, step)}
              mayRetry={canRetry(view, step)}
              maySkip={canSkip(view, step)}
            />
          </li>
        ))}
      </ol>
    </aside>
  );
}

interface CardProps {
  readonly step: StepView;
  /** No sign of work is shown, and no clock runs. */
  readonly still: boolean;
  /** When the run was paused; null while it is not. */
  readonly held: string | null;
  readonly fault: string | null;
  readonly last: boolean;
  readonly onPick: (step: string) => void;
}

const StepCard = memo(function StepCard({ step, still, held, fault, last, onPick }: CardProps) {
  const look = stepLook(step);
  const active = isAtWork(step) && !still;
  return (
    <>
      {!last && <Thread status={step.status} tone={look.tone} />}
      <button
        type="button"
        onClick={() => onPick(step.step)}
        aria-current={active ? "step" : undefined}
        className={cn(
          "relative flex w-full items-start gap-3 rounded-lg border px-3 py-3 text-left -outline-offset-2",
          "transition-[background-color,border-color] duration-300 ease-out hover:bg-hover",
          active && "border-active-line bg-raised",
          !active && (fault === null ? "border-transparent" : "border-fail-line"),
        )}
      >
        <Node name={step.agent_name} tone={look.tone} active={active} pending={step.status === "pending"} />
        <span className="min-w-0 flex-1">
          <span className="flex h-5 items-center justify-between gap-2">
            <span className="truncate text-sm font-medium">{step.agent_name}</span>
            <StateWord look={look} />
          </span>
          {fault === null ? (
            <Task step={step} active={active} held={held !== null} />
          ) : (
            <span className="mt-0.5 line-clamp-3 text-[13px] leading-5 text-fail">{fault}</span>
          )}
          <span className="mt-1.5 block">
            <Progress value={active ? step.progress : null} label={says.progress(step.agent_name)} />
          </span>
          <PhaseMarks step={step} />
          <Facts step={step} still={still} held={held} />
        </span>
      </button>
    </>
  );
});

/** The thin line to the next agent; it fills when the work is handed over. */
function Thread({ status, tone }: { status: StepState; tone: Tone }) {
  return (
    <span className="absolute top-11 -bottom-3 left-[28px] w-px bg-line-strong" aria-hidden="true">
      <span
        className={cn(
          "block h-full w-px origin-top transition-transform duration-300 ease-out",
          tone === "done" ? "bg-done" : "bg-ink-3",
          stepEnded(status) ? "scale-y-100" : "scale-y-0",
        )}
      />
    </span>
  );
}

const RINGS: Readonly<Record<Tone, string>> = {
  quiet: "border-line-strong text-ink-2",
  active: "border-active text-active",
  done: "border-done text-done",
  wait: "border-wait text-wait",
  fail: "border-fail text-fail",
};

function Node({
  name,
  tone,
  active,
  pending,
}: {
  name: string;
  tone: Tone;
  active: boolean;
  pending: boolean;
}) {
  return (
    <span
      className={cn(
        "relative z-10 grid size-8 shrink-0 place-items-center rounded-full border bg-panel",
        "transition-colors duration-300 ease-out",
        RINGS[tone],
        active && "bg-raised",
        pending && "border-dashed text-ink-3",
      )}
    >
      {active && <span className="absolute -inset-1 animate-glow rounded-full ring-4 ring-active/20" />}
      <AgentIcon name={name} className="size-4" />
    </span>
  );
}

function Task({ step, active, held }: { step: StepView; active: boolean; held: boolean }) {
  const task = taskWords(step, held);
  return (
    <span className="mt-0.5 flex min-h-5 items-baseline gap-2 text-[13px] leading-5 text-ink-2">
      <span className={fellBack(step) ? "line-clamp-2" : "truncate"} title={task}>
        {task}
      </span>
      {step.retry_at !== null && !held && <Countdown moment={step.retry_at} />}
      {active && step.retry_at === null && <Dots className="shrink-0 text-active" />}
    </span>
  );
}

function taskWords(step: StepView, held: boolean): string {
  if (held && step.status === "queued") return says.held;
  if (fellBack(step)) return says.fellBack;
  return step.task ?? step.title;
}

function Countdown({ moment }: { moment: string }) {
  const now = useServerNow();
  return (
    <span className="ml-auto shrink-0 text-wait tabular-nums" aria-hidden="true">
      {countdown(moment, now)}
    </span>
  );
}

function Facts({ step, still, held }: Pick<CardProps, "step" | "still" | "held">) {
  const now = useServerNow(isMoving(step) && !still);
  const attempt = step.attempt > 1 ? says.attempt(step.attempt) : "";
  const facts = [stepClock(step, held, now), tokens(step.usage), cost(step.usage), attempt].filter(Boolean);
  return <span className="mt-1 block h-4 truncate text-xs text-ink-3 tabular-nums">{facts.join(" · ")}</span>;
}
