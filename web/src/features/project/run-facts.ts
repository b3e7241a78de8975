/** What the project page says about a run and its steps, worked out from the view alone. */

import { clock, cost, plural, secondsBetween, tokens } from "@/lib/format";
import { runEnded, stepAtWork, stepEnded } from "@/lib/reduce";
import type { ErrorView, RequestView, RunView, StepView } from "@/lib/views";

export function isAtWork(step: StepView): boolean {
  return stepAtWork(step.status) && step.status !== "queued";
}

/** True while the step moves on by itself; then its clock runs. */
export function isMoving(step: StepView): boolean {
  return step.started_at !== null && !stepEnded(step.status);
}

export function stepClock(step: StepView, now: number): string {
  if (step.started_at === null) return "";
  return clock(secondsBetween(step.started_at, step.ended_at ?? now));
}

/** Facts beside the title: how far, how long, how much. */
export function runFacts(view: RunView, now: number): readonly string[] {
  const done = view.steps.filter((step) => stepEnded(step.status)).length;
  const elapsed = clock(secondsBetween(view.created_at, view.ended_at ?? now));
  return [`${done} of ${view.steps.length}`, elapsed, tokens(view.usage), cost(view.usage)].filter(Boolean);
}

export function canPause({ status }: RunView): boolean {
  return status === "created" || status === "running" || status === "waiting";
}

export function canCancel({ status }: RunView): boolean {
  return !runEnded(status);
}

/** Ended steps that failed can be done again, unless the run was cancelled or deleted. */
export function canRetry(view: RunView, step: StepView | undefined): boolean {
  return step?.status === "error" && view.status !== "cancelled" && view.status !== "deleted";
}

/** The newest failure of a step. */
export function errorOf(view: RunView, step: string): ErrorView | undefined {
  return view.errors.findLast((error) => error.step === step && error.severity === "error");
}

export function openRequests(view: RunView): readonly RequestView[] {
  return view.requests.filter((request) => request.status === "open");
}

/** How a run ended, in a sentence; null while it goes on. */
export function ending(view: RunView): { readonly title: string; readonly detail: string } | null {
  const done = view.steps.filter((step) => step.status === "completed").length;
  const facts = [
    `${done} of ${plural(view.steps.length, "step")} completed`,
    plural(view.artifacts.length, "file"),
    clock(secondsBetween(view.created_at, view.ended_at ?? view.updated_at)),
  ].join(" · ");
  if (view.status === "completed") {
    const partial = view.outcome === "partial";
    return { title: partial ? "The team finished, with gaps" : "The team is done", detail: facts };
  }
  if (view.status === "failed") return { title: "The team could not finish", detail: facts };
  if (view.status === "cancelled") return { title: "The project was cancelled", detail: facts };
  return null;
}
