import { CirclePause, Hourglass, WifiOff } from "lucide-react";
import { clock, countdown, secondsBetween, timeOfDay } from "@/lib/format";
import { runEnded } from "@/lib/reduce";
import { useConnected, useServerNow } from "@/lib/use-live";
import type { RunView, StepView } from "@/lib/views";
import { Dots } from "@/ui/small";
import { words } from "@/words";
import { isAtWork } from "./run-facts";

const says = words.conversation;

const SILENCE_SHOWN = 3;

/** The last lines of a document that is still being written: who is at it, or what it waits for. */
export function LiveLines({ view }: { view: RunView }) {
  const connected = useConnected();
  if (!connected && !runEnded(view.status)) {
    return (
      <p className="-mt-3 flex items-center gap-2 text-sm text-ink-2">
        <WifiOff className="size-4 shrink-0" aria-hidden="true" />
        {says.asOf(timeOfDay(view.updated_at))}
      </p>
    );
  }
  if (view.status === "paused") {
    return (
      <p className="-mt-3 flex items-center gap-2 text-sm text-wait">
        <CirclePause className="size-4" aria-hidden="true" /> {says.paused}
      </p>
    );
  }
  return (
    <div className="-mt-3 space-y-1.5 empty:hidden" aria-live="polite" aria-atomic="false">
      {view.steps.map((step) => (
        <LiveLine key={step.step} step={step} />
      ))}
    </div>
  );
}

function LiveLine({ step }: { step: StepView }) {
  if (isAtWork(step)) return <AtWork step={step} />;
  if (step.status === "waiting" && step.retry_at !== null)
    return <Until step={step} moment={step.retry_at} />;
  if (step.status === "queued") {
    return (
      <p className="flex items-center gap-2 text-sm text-ink-2">
        <Hourglass className="size-4" aria-hidden="true" /> {says.isNext(step.agent_name)}
      </p>
    );
  }
  return null;
}

function AtWork({ step }: { step: StepView }) {
  if (step.retry_at !== null) return <Until step={step} moment={step.retry_at} />;
  const task = step.task ?? (step.status === "thinking" ? says.thinking : says.working);
  return (
    <p className="flex items-center gap-2 text-sm text-active">
      <span className="min-w-0 truncate">
        <span className="font-medium">{step.agent_name}</span> {says.task(task)}
      </span>
      <Dots className="shrink-0" />
      {step.status === "thinking" && <Thinking step={step} />}
    </p>
  );
}

/** Honest waiting: how long the model has been silent, once that is worth knowing. */
function Thinking({ step }: { step: StepView }) {
  const now = useServerNow();
  const open = step.messages.findLast(({ finish }) => finish === null);
  const since = open?.started_at ?? step.started_at;
  if (since === null || (open !== undefined && open.text !== "")) return null;
  const seconds = secondsBetween(since, now);
  if (seconds < SILENCE_SHOWN) return null;
  return (
    <span className="animate-fade text-ink-3 tabular-nums" aria-hidden="true">
      {clock(seconds)}
    </span>
  );
}

/** A wait with a known end: a limit of the model's provider, say, or the pause after an attempt that failed. */
function Until({ step, moment }: { step: StepView; moment: string }) {
  const left = countdown(moment, useServerNow());
  // What went wrong stands right above: here is what comes of it.
  const retrying =
    step.status === "retrying" && (left === words.formats.now ? says.triesAgain : says.triesAgainIn);
  return (
    <p className="flex items-center gap-2 text-sm text-wait">
      <Hourglass className="size-4 shrink-0" aria-hidden="true" />
      <span>
        <span className="font-medium">{step.agent_name}</span>{" "}
        {retrying || says.task(step.task ?? says.waiting)}
      </span>
      <span className="tabular-nums" aria-hidden="true">
        {left}
      </span>
    </p>
  );
}
