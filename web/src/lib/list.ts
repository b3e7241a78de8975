/** The list of runs: what the events of the topic `runs` make of it. */

import type { DataOf } from "./events";
import { runEnded, stepEnded, viewState } from "./reduce";
import type { RunSummary } from "./views";
import type { Event } from "./wire";

const RUNS_KEPT = 100;

/** The list after `event`, newest runs first. An event that changes nothing here returns the same list. */
export function evolveList(runs: readonly RunSummary[], event: Event): readonly RunSummary[] {
  const { data, run_id } = event;
  if (run_id === null) return runs;
  if (data.type === "run_created") {
    const others = runs.filter((run) => run.run_id !== run_id);
    return [created(event, run_id, data), ...others].slice(0, RUNS_KEPT);
  }
  if (data.type === "run_status" && data.status === "deleted")
    return runs.filter((run) => run.run_id !== run_id);
  const at = runs.findIndex((run) => run.run_id === run_id);
  const held = runs[at];
  const after = held && evolveSummary(held, event);
  return after === undefined || after === held ? runs : runs.with(at, after);
}

function evolveSummary(run: RunSummary, event: Event): RunSummary {
  const changed = change(run, event);
  if (changed === null) return run;
  const status = viewState(changed.status, changed.waiting > 0, changed.steps);
  return { ...changed, status, updated_at: event.timestamp };
}

function change(run: RunSummary, { data }: Event): RunSummary | null {
  switch (data.type) {
    case "run_status":
      return { ...run, status: data.status, outcome: data.outcome };
    case "agent_status":
      return withStep(run, data);
    case "request":
      return { ...run, waiting: Math.max(0, run.waiting + (data.status === "open" ? 1 : -1)) };
    default:
      return null;
  }
}

function withStep(run: RunSummary, data: DataOf<"agent_status">): RunSummary {
  const steps = run.steps.map((step) =>
    step.step === data.step ? { ...step, status: data.status, retry_at: data.retry_at } : step,
  );
  const ended = steps.filter((step) => stepEnded(step.status)).length;
  return { ...run, steps, progress: steps.length > 0 ? ended / steps.length : 0 };
}

function created(event: Event, run_id: string, data: DataOf<"run_created">): RunSummary {
  return {
    run_id,
    title: data.title,
    team: data.team,
    owner: data.owner,
    status: "created",
    outcome: null,
    created_at: event.timestamp,
    updated_at: event.timestamp,
    waiting: 0,
    progress: 0,
    steps: data.steps.map(({ step, agent_name }) => ({
      step,
      agent_name,
      status: "pending",
      retry_at: null,
    })),
  };
}

/** Runs that go on by themselves or wait for a person. */
export function isOpen(run: Pick<RunSummary, "status">): boolean {
  return !runEnded(run.status);
}
