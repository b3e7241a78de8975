import type { StepView } from "@/lib/views";
import { cn } from "@/ui/cn";
import { words } from "@/words";

const says = words.agent.phases;

type Phase = StepView["phases"][number];

interface Mark {
  readonly sign: string;
  readonly state: string;
  readonly className: string;
}

const MARKS: Readonly<Partial<Record<Phase["status"], Mark>>> = {
  started: { sign: "•", state: says.underWay, className: "text-active" },
  progress: { sign: "•", state: says.underWay, className: "text-active" },
  completed: { sign: "✓", state: says.done, className: "text-ink-2" },
  error: { sign: "✕", state: says.failed, className: "text-fail" },
  skipped: { sign: "–", state: says.skipped, className: "" },
  cancelled: { sign: "–", state: says.cancelled, className: "" },
};
const TAKEN_BACK: Mark = { sign: "↺", state: says.takenBack, className: "text-wait" };
const AHEAD: Mark = { sign: "○", state: says.ahead, className: "" };

/** The phases of a step that has several: which are done, which failed, and which are done again. */
export function PhaseMarks({ step }: { step: StepView }) {
  if (step.phases.length < 2) return null;
  return (
    <span className="mt-1 flex flex-wrap gap-x-2.5 text-xs leading-4 text-ink-3">
      {step.phases.map((phase) => {
        const { sign, state, className } = markOf(phase);
        return (
          <span key={phase.phase} className={cn("max-w-full truncate", className)} title={state}>
            <span aria-hidden="true">{sign} </span>
            {phase.phase}
            <span className="sr-only">{words.agent.phaseIs(state)}</span>
          </span>
        );
      })}
    </span>
  );
}

/** What was begun before and waits was taken back. */
function markOf({ status, attempt }: Phase): Mark {
  if (status === "rolled_back" || (status === "pending" && attempt > 0)) return TAKEN_BACK;
  return MARKS[status] ?? AHEAD;
}
