/** What the project page says about a run and its steps, worked out from the view alone. */

import { clock, cost, secondsBetween, tokens } from "@/lib/format";
import { runEnded, stepAtWork, stepEnded } from "@/lib/reduce";
import type { ErrorView, MessageView, RequestView, RunView, StepView, ToolCallView } from "@/lib/views";
import { FALLBACK_LOOK, type Look, STEP_LOOKS } from "@/ui/states";
import { words } from "@/words";

const says = words.conversation;
const ends = words.ending;

export function isAtWork(step: StepView): boolean {
  return stepAtWork(step.status) && step.status !== "queued";
}

/** True where a prepared message stands for the step's work, or a part of it. */
export function fellBack(step: StepView): boolean {
  return fallbackOf(step) !== undefined;
}

/** The newest prepared message that still stands for the work of a completed step. */
export function fallbackOf(step: StepView): MessageView | undefined {
  if (step.status !== "completed") return undefined;
  const newest = new Map(step.messages.map((message) => [message.phase, message]));
  return [...newest.values()].findLast(({ finish }) => finish === "fallback");
}

/** True where the others have gone on without a step that failed. */
export function wentOn(view: RunView, step: StepView): boolean {
  const since = step.ended_at;
  if (step.status !== "error" || since === null) return false;
  return view.steps.some((other) => other !== step && other.started_at !== null && other.started_at >= since);
}

export function stepLook(step: StepView): Look {
  return fellBack(step) ? FALLBACK_LOOK : STEP_LOOKS[step.status];
}

/** True while the step moves on by itself; then its clock runs. */
export function isMoving(step: StepView): boolean {
  return step.started_at !== null && !stepEnded(step.status);
}

/** `held`: when the run was paused; null while it is not. */
export function stepClock(step: StepView, held: string | null, now: number): string {
  if (step.started_at === null) return "";
  return clock(secondsBetween(step.started_at, step.ended_at ?? held ?? now));
}

/**
 * When a paused run was paused: its last change; null while it is not paused. A note may be written to a paused run:
 * then the last trace of work tells it.
 */
export function pausedAt(view: RunView): string | null {
  if (view.status !== "paused") return null;
  if (view.notes.at(-1)?.timestamp !== view.updated_at) return view.updated_at;
  return view.steps.flatMap(tracesOf).reduce((a, b) => (a > b ? a : b), view.created_at);
}

function tracesOf(step: StepView): readonly string[] {
  const spans = [step, step.messages.at(-1), step.tool_calls.at(-1)];
  return spans.flatMap((span) => [span?.started_at, span?.ended_at]).filter((moment) => moment != null);
}

/** Why a message broke off, as far as the run tells by now; null for one that did not. */
export function interruption(view: RunView, step: StepView, message: MessageView): string | null {
  if (message.finish !== "interrupted") return null;
  const last = step.messages.findLast(({ phase }) => phase === message.phase);
  if (step.status === "completed" || (runEnded(view.status) && last !== message))
    return says.interruptedRedone;
  if (runEnded(view.status) || stepEnded(step.status)) return says.interrupted;
  if (view.status === "paused" && last === message) return says.interruptedByPause;
  return says.interruptedRedo;
}

/** Facts beside the title: how far, how long, how much. */
export function runFacts(view: RunView, now: number): readonly string[] {
  const done = view.steps.filter(({ status }) => status === "completed" || status === "skipped").length;
  const elapsed = clock(secondsBetween(view.created_at, view.ended_at ?? pausedAt(view) ?? now));
  return [
    words.project.ofSteps(done, view.steps.length),
    elapsed,
    tokens(view.usage),
    cost(view.usage),
  ].filter(Boolean);
}

/** True where a call among `calls` that has not ended never will: the agent was stopped, or went on without it. */
export function staleCalls(view: RunView, step: StepView | null, calls: readonly ToolCallView[]): boolean {
  if (step === null || view.status === "paused" || !isAtWork(step)) return true;
  const since = calls.at(-1)?.started_at ?? "";
  return step.messages.some((message) => message.started_at > since);
}

export function canPause({ status }: RunView): boolean {
  return status === "created" || status === "running" || status === "waiting";
}

export function canCancel({ status }: RunView): boolean {
  return !runEnded(status);
}

/** Steps that failed or fell back can be done again, also after the end, unless the run was stopped by a person. */
export function canRetry({ status }: RunView, step: StepView): boolean {
  const stopped = status === "paused" || status === "cancelled" || status === "deleted";
  return !stopped && (step.status === "error" || fellBack(step));
}

/** A step that has not ended can be left out, as long as its run goes on. */
export function canSkip({ status }: RunView, step: StepView): boolean {
  return !runEnded(status) && !stepEnded(step.status);
}

/** Where all that the step builds on is done, a new run can go on from it. */
export function canFork(view: RunView, step: StepView): boolean {
  const steps = new Map(view.steps.map((one) => [one.step, one]));
  const done = (one: StepView | undefined) => one !== undefined && DONE.has(one.status);
  const needed = new Set(step.needs);
  // A set takes in what is added while it is gone through.
  for (const name of needed) for (const need of steps.get(name)?.needs ?? []) needed.add(need);
  return step.started_at !== null && [...needed].every((name) => done(steps.get(name)));
}

const DONE: ReadonlySet<StepView["status"]> = new Set(["completed", "error", "skipped"]);

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
  const time = clock(secondsBetween(view.created_at, view.ended_at ?? view.updated_at));
  const detail = ends.facts(done, view.steps.length, view.artifacts.length, time);
  if (view.status === "completed") {
    const partial = view.outcome === "partial";
    return { title: partial ? ends.partial : ends.done, detail };
  }
  if (view.status === "failed") return { title: ends.failed, detail };
  if (view.status === "cancelled") return { title: ends.cancelled, detail };
  return null;
}
