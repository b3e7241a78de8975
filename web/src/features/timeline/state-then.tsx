import { FileText, MessageCircleQuestion } from "lucide-react";
import type { ReactNode } from "react";
import { clock, cost, secondsBetween, tokens } from "@/lib/format";
import { stepEnded } from "@/lib/reduce";
import type { MessageView, RunView, StepView } from "@/lib/views";
import { AgentIcon } from "@/ui/agent-icon";
import { Pill, runLook, STEP_LOOKS, StateWord } from "@/ui/states";
import { words } from "@/words";

const says = words.timeline;
const FILES_SHOWN = 12;
const CHARACTERS_SHOWN = 1_200;

/** The run right after an event, at a glance: what its page would have shown. `past`: later events are there. */
export function StateThen({ view, past }: { view: RunView | null; past: boolean }) {
  if (view === null) return <p className="p-4 text-[13px] text-ink-2">{says.notYet}</p>;
  const open = view.requests.filter(({ status }) => status === "open");
  return (
    <div className="flex flex-col gap-5 p-4">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1.5">
        <Pill look={runLook(view)} />
        <p className="text-xs text-ink-2 tabular-nums">{factsOf(view).join(" · ")}</p>
      </div>
      <Part title={says.team}>
        <ol className="flex flex-col gap-1.5">
          {view.steps.map((step) => (
            <Step key={step.step} step={step} />
          ))}
        </ol>
      </Part>
      <Part title={says.text}>
        <Text view={view} />
        {past && mayHaveWritten(view) && <p className="mt-1.5 text-xs text-ink-3">{says.compactedHint}</p>}
      </Part>
      <Part title={says.asked}>
        {open.length === 0 && <Nothing>{says.nothingAsked}</Nothing>}
        <ul className="flex flex-col gap-1.5 empty:hidden">
          {open.map(({ request_id, prompt }) => (
            <li key={request_id} className="flex gap-2 text-[13px]">
              <MessageCircleQuestion className="mt-0.5 size-4 shrink-0 text-wait" aria-hidden="true" />
              <span className="line-clamp-3">{prompt}</span>
            </li>
          ))}
        </ul>
      </Part>
      <Part title={says.files}>
        <Files view={view} />
      </Part>
    </div>
  );
}

function factsOf(view: RunView): readonly string[] {
  const done = view.steps.filter(({ status }) => status === "completed" || status === "skipped").length;
  const elapsed = clock(secondsBetween(view.created_at, view.updated_at));
  const facts = [says.ofSteps(done, view.steps.length), elapsed, tokens(view.usage), cost(view.usage)];
  return facts.filter((fact) => fact !== "");
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section aria-label={title}>
      <h3 className="mb-1.5 text-xs font-medium text-ink-2">{title}</h3>
      {children}
    </section>
  );
}

function Nothing({ children }: { children: string }) {
  return <p className="text-[13px] text-ink-3">{children}</p>;
}

function Step({ step }: { step: StepView }) {
  const { agent_name, status, task, attempt } = step;
  const notes = [stepEnded(status) ? null : task, attempt > 1 ? says.attempt(attempt) : null];
  const note = notes.filter((one) => one !== null).join(" · ");
  return (
    <li className="grid grid-cols-[16px_minmax(0,1fr)_auto] items-center gap-x-2 text-[13px]">
      <AgentIcon name={agent_name} className="size-4 text-ink-3" />
      <span className="truncate">
        {agent_name}
        {note !== "" && <span className="text-ink-3"> · {note}</span>}
      </span>
      <StateWord look={STEP_LOOKS[status]} />
    </li>
  );
}

/** What was being written; else what was written last. */
function Text({ view }: { view: RunView }) {
  const found = latestText(view);
  if (found === null) return <Nothing>{says.noText}</Nothing>;
  const { step, message } = found;
  const thinking = message.text === "" && message.thinking !== "";
  const text = thinking ? message.thinking : message.text;
  const tail = text.slice(-CHARACTERS_SHOWN);
  return (
    <>
      <p className="mb-1 text-xs text-ink-3">
        {step.agent_name}
        {thinking && ` · ${says.thinkingSoFar}`}
      </p>
      <p className="max-h-48 overflow-hidden text-[13px] leading-relaxed whitespace-pre-wrap wrap-anywhere">
        {tail.length < text.length && "… "}
        {tail}
      </p>
    </>
  );
}

/** Whether an agent was at work of whose message nothing is there. */
function mayHaveWritten({ steps }: RunView): boolean {
  const open = steps.some(({ messages }) => messages.some(({ finish }) => finish === null));
  return !open && steps.some(({ status }) => status === "started" || status === "thinking");
}

function latestText(view: RunView): { step: StepView; message: MessageView } | null {
  const all = view.steps.flatMap((step) => step.messages.slice(-1).map((message) => ({ step, message })));
  const open = all.filter(({ message }) => message.finish === null);
  const among = open.length > 0 ? open : all;
  if (among.length === 0) return null;
  return among.reduce((a, b) => (b.message.started_at > a.message.started_at ? b : a));
}

function Files({ view }: { view: RunView }) {
  const { artifacts } = view;
  if (artifacts.length === 0) return <Nothing>{says.noFiles}</Nothing>;
  return (
    <ul className="flex flex-col gap-1">
      {artifacts.slice(0, FILES_SHOWN).map(({ path, version }) => (
        <li key={path} className="flex items-center gap-2 text-[13px]">
          <FileText className="size-4 shrink-0 text-ink-3" aria-hidden="true" />
          <span className="min-w-0 flex-1 truncate">{path}</span>
          <span className="text-xs text-ink-3 tabular-nums">{says.version(version)}</span>
        </li>
      ))}
      {artifacts.length > FILES_SHOWN && (
        <li className="text-[13px] text-ink-3">{says.moreFiles(artifacts.length - FILES_SHOWN)}</li>
      )}
    </ul>
  );
}
