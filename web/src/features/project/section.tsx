import { memo } from "react";
import { runEnded } from "@/lib/reduce";
import { useServerNow } from "@/lib/use-live";
import type { MessageView, RunView, StepView } from "@/lib/views";
import { AgentIcon } from "@/ui/agent-icon";
import { words } from "@/words";
import { ErrorEntry } from "./error-entry";
import { Message } from "./message";
import { NoteEntry } from "./note-entry";
import { RequestCard } from "./request-card";
import { RetryStep } from "./retry-step";
import { canRetry, fallbackOf, interruption, isMoving, pausedAt, staleCalls, stepClock } from "./run-facts";
import type { Entry, Section } from "./timeline";
import { ToolCalls } from "./tool-calls";

export function SectionView({ section, view }: { section: Section; view: RunView }) {
  const { step, entries } = section;
  return (
    <section
      aria-label={step === null ? words.conversation.notes : step.agent_name}
      className="relative mb-9"
      id={step === null ? undefined : `step-${step.step}`}
    >
      {step !== null && <Heading step={step} held={pausedAt(view)} />}
      <div className="space-y-4">
        {entries.map((entry) => (
          <EntryView key={entry.id} entry={entry} step={step} view={view} />
        ))}
      </div>
    </section>
  );
}

/** Stays in sight while its agent's text scrolls by. */
function Heading({ step, held }: { step: StepView; held: string | null }) {
  return (
    <h2 className="sticky top-0 z-10 -mx-2 mb-1.5 flex items-center gap-2 bg-canvas px-2 py-2 text-[13px]">
      <span className="grid size-6 place-items-center rounded-full border text-ink-2">
        <AgentIcon name={step.agent_name} className="size-3.5" />
      </span>
      <span className="font-semibold">{step.agent_name}</span>
      <span className="truncate text-ink-2">{step.title}</span>
      <StepClock step={step} held={held} />
    </h2>
  );
}

const StepClock = memo(function StepClock({ step, held }: { step: StepView; held: string | null }) {
  const now = useServerNow(isMoving(step) && held === null);
  return <span className="ml-auto text-ink-3 tabular-nums">{stepClock(step, held, now)}</span>;
});

interface EntryProps {
  readonly entry: Entry;
  readonly step: StepView | null;
  readonly view: RunView;
}

function EntryView({ entry, step, view }: EntryProps) {
  switch (entry.type) {
    case "message":
      return <Said message={entry.message} label={entry.label} step={step} view={view} />;
    case "tools":
      return <ToolCalls calls={entry.calls} stale={staleCalls(view, step, entry.calls)} />;
    case "note":
      return <NoteEntry note={entry.note} steps={view.steps} ended={runEnded(view.status)} />;
    case "error":
      return <ErrorEntry errors={entry.errors} view={view} />;
    case "request":
      return <RequestCard request={entry.request} view={view} />;
  }
}

type SaidProps = Omit<EntryProps, "entry"> & { readonly message: MessageView; readonly label: string | null };

/** A message, and a way to have another one where it is only a prepared one. */
function Said({ message, label, step, view }: SaidProps) {
  if (step === null) return <Message message={message} label={label} interruption={null} />;
  const retry = fallbackOf(step)?.message_id === message.message_id && canRetry(view, step);
  return (
    <>
      <Message message={message} label={label} interruption={interruption(view, step, message)} />
      {retry && <RetryStep runId={view.run_id} step={step.step} />}
    </>
  );
}
