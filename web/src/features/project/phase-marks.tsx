import type { StepView } from "@/lib/views";
import { cn } from "@/ui/cn";

type Phase = StepView["phases"][number];

interface Mark {
  readonly sign: string;
  readonly words: string;
  readonly className: string;
}

const MARKS: Readonly<Partial<Record<Phase["status"], Mark>>> = {
  started: { sign: "•", words: "under way", className: "text-active" },
  progress: { sign: "•", words: "under way", className: "text-active" },
  completed: { sign: "✓", words: "done", className: "text-ink-2" },
  error: { sign: "✕", words: "failed", className: "text-fail" },
  skipped: { sign: "–", words: "skipped", className: "" },
  cancelled: { sign: "–", words: "cancelled", className: "" },
};
const TAKEN_BACK: Mark = { sign: "↺", words: "taken back, to be done again", className: "text-wait" };
const AHEAD: Mark = { sign: "○", words: "to come", className: "" };

/** The phases of a step that has several: which are done, which failed, and which are done again. */
export function PhaseMarks({ step }: { step: StepView }) {
  if (step.phases.length < 2) return null;
  return (
    <span className="mt-1 flex flex-wrap gap-x-2.5 text-xs leading-4 text-ink-3">
      {step.phases.map((phase) => {
        const { sign, words, className } = markOf(phase);
        return (
          <span key={phase.phase} className={cn("max-w-full truncate", className)} title={words}>
            <span aria-hidden="true">{sign} </span>
            {phase.phase}
            <span className="sr-only">: {words}</span>
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
