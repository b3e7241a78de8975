import { Link } from "@tanstack/react-router";
import type { StepState } from "@/lib/events";
import { ago } from "@/lib/format";
import type { RunSummary } from "@/lib/views";
import { words } from "@/words";
import { cn } from "./cn";
import { runLook, STEP_LOOKS, StateWord, type Tone } from "./states";

const says = words.row;

const BAR: Readonly<Record<Tone, string>> = {
  quiet: "bg-line-strong",
  active: "bg-active",
  done: "bg-done",
  wait: "bg-wait",
  fail: "bg-fail",
};

/** A project in a list: what it is, how far it is, when it last moved; with `owner` also who started it. */
export function RunRow({ run, now, owner = false }: { run: RunSummary; now: number; owner?: boolean }) {
  return (
    <Link
      to="/projects/$runId"
      params={{ runId: run.run_id }}
      className="group flex min-h-13 items-center gap-x-4 gap-y-1 px-4 py-2.5 max-sm:flex-wrap transition-colors duration-150 -outline-offset-2 hover:bg-hover"
    >
      <span className="min-w-0 flex-1 truncate text-sm font-medium max-sm:basis-full">{run.title}</span>
      {owner && (
        <span
          className="w-24 shrink-0 truncate text-xs text-ink-3 max-sm:order-last max-sm:w-auto"
          title={says.startedByName(run.owner)}
        >
          <span className="sr-only">{says.startedBy}</span>
          {run.owner}
        </span>
      )}
      <StepBars steps={run.steps} />
      <StateWord look={runLook(run)} className="sm:w-46" />
      <span className="w-24 text-right text-xs text-ink-3 tabular-nums max-sm:ml-auto">
        {ago(run.updated_at, now)}
      </span>
    </Link>
  );
}

/** One bar for each step. */
function StepBars({ steps }: { steps: RunSummary["steps"] }) {
  const ended = steps.filter((step) => step.status === "completed").length;
  return (
    <span className="hidden gap-1 md:flex" role="img" aria-label={says.steps(ended, steps.length)}>
      {steps.slice(0, 12).map((step) => (
        <span
          key={step.step}
          title={says.step(step.agent_name, STEP_LOOKS[step.status].word)}
          className={cn("h-1 w-4 rounded-full transition-colors duration-300", bar(step.status))}
        />
      ))}
    </span>
  );
}

function bar(status: StepState): string {
  return status === "pending" || status === "queued" ? "bg-line" : BAR[STEP_LOOKS[status].tone];
}
