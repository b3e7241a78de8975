import { MessageSquareText } from "lucide-react";
import { memo } from "react";
import { timeOfDay } from "@/lib/format";
import type { NoteView, StepView } from "@/lib/views";

/** What a person told the team. */
export const NoteEntry = memo(function NoteEntry({
  note,
  steps,
}: {
  note: NoteView;
  steps: readonly StepView[];
}) {
  const agent = steps.find(({ step }) => step === note.step)?.agent_name ?? "the team";
  return (
    <aside aria-label="Note" className="animate-rise rounded-lg border bg-panel px-4 py-3">
      <p className="mb-1 flex items-center gap-2 text-xs text-ink-2">
        <MessageSquareText className="size-3.5" aria-hidden="true" />
        <span className="font-medium">Note to {agent}</span>
        <time className="ml-auto text-ink-3 tabular-nums" dateTime={note.timestamp}>
          {timeOfDay(note.timestamp)}
        </time>
      </p>
      <p dir="auto" className="text-[15px] leading-relaxed wrap-anywhere whitespace-pre-wrap">
        {note.content}
      </p>
    </aside>
  );
});
