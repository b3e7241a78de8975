import { Check, Clock3, MessageSquareText } from "lucide-react";
import { memo } from "react";
import { clock, secondsBetween, timeOfDay } from "@/lib/format";
import type { NoteView, StepView } from "@/lib/views";
import { words } from "@/words";
import { whoWillHear } from "./hearing";

const says = words.notes;

interface NoteEntryProps {
  readonly note: NoteView;
  readonly steps: readonly StepView[];
  /** Whether the run has ended. */
  readonly ended: boolean;
}

/** What a person told the team, and who has heard it. */
export const NoteEntry = memo(function NoteEntry({ note, steps, ended }: NoteEntryProps) {
  const nameOf = (id: string | null) => steps.find(({ step }) => step === id)?.agent_name;
  return (
    <aside aria-label={says.note} className="animate-rise rounded-lg border bg-panel px-4 py-3">
      <p className="mb-1 flex items-center gap-2 text-xs text-ink-2">
        <MessageSquareText className="size-3.5" aria-hidden="true" />
        <span className="font-medium">{says.to(nameOf(note.step))}</span>
        <time className="ml-auto text-ink-3 tabular-nums" dateTime={note.timestamp}>
          {timeOfDay(note.timestamp)}
        </time>
      </p>
      <p dir="auto" data-written="" className="text-[15px] leading-relaxed wrap-anywhere whitespace-pre-wrap">
        {note.content}
      </p>
      <ul className="mt-1.5 space-y-0.5 text-xs text-ink-3 tabular-nums">
        {note.taken_up.map(({ step, at }) => (
          <li key={step} className="flex items-center gap-1.5">
            <Check className="size-3 shrink-0" aria-hidden="true" />
            {says.takenUp(nameOf(step) ?? step, clock(secondsBetween(note.timestamp, at)))}
          </li>
        ))}
        {note.taken_up.length === 0 && (
          <li className="flex items-center gap-1.5">
            <Clock3 className="size-3 shrink-0" aria-hidden="true" />
            {whoWillHear(note, steps, ended)}
          </li>
        )}
      </ul>
    </aside>
  );
});
