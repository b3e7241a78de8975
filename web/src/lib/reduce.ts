/**
 * `evolve`: what one event makes of a run's view, exactly as the server folds it. `wire/samples` holds both to it.
 *
 * Pure: a view that an event does not concern is returned as it is, and every part that did not change keeps
 * its identity, so that only what changed is drawn again.
 */

import { compareCodePoints } from "./codepoints";
import { type DataOf, NO_USAGE, type RunState, type StepState, type Usage } from "./events";
import { compareMessages, extendMessage, messageOf, withMessage } from "./messages";
import type {
  ArtifactView,
  MessageView,
  NoteView,
  RequestView,
  RunView,
  StepView,
  ToolCallView,
  ViewState,
} from "./views";
import type { Event } from "./wire";

const MESSAGES_KEPT = 200;
const ENTRIES_KEPT = 200;
const RUN_ENDED: readonly ViewState[] = ["completed", "failed", "cancelled", "deleted"];
const STEP_ENDED: readonly StepState[] = ["completed", "error", "skipped", "cancelled"];
const STEP_AT_WORK: readonly StepState[] = ["queued", "started", "thinking", "retrying"];

export function runEnded(status: ViewState): boolean {
  return RUN_ENDED.includes(status);
}

export function stepEnded(status: StepState): boolean {
  return STEP_ENDED.includes(status);
}

export function stepAtWork(status: StepState): boolean {
  return STEP_AT_WORK.includes(status);
}

/** The view after `event`; null while the run's creation has not been seen. */
export function evolve(view: RunView | null, event: Event): RunView | null {
  if (event.data.type === "run_created") return created(event, event.data);
  if (view === null) return null;
  const next = changed(view, event);
  return {
    ...next,
    version: event.version ?? next.version,
    position: event.position,
    updated_at: event.timestamp,
  };
}

/** True where a delta starts behind the text that is held: something before it was lost on the way. */
export function leavesGap(view: RunView | null, event: Event): boolean {
  if (view === null || event.data.type !== "agent_delta") return false;
  const { step: id, message_id, channel, offset } = event.data;
  const step = view.steps.find((one) => one.step === id);
  const held = step && messageOf(step, message_id);
  if (held === undefined || held.finish !== null) return false;
  return extendMessage(held, channel, offset, "") === null;
}

function changed(view: RunView, event: Event): RunView {
  const { data } = event;
  switch (data.type) {
    case "run_status":
      return runStatus(view, event, data);
    case "agent_status":
      return listed(inStep(view, data.step, (step) => stepAfter(step, event, data)));
    case "phase_status":
      return inStep(view, data.step, (step) => phaseStatus(step, data));
    case "agent_delta":
      return bounded(inStep(view, data.step, (step) => delta(step, event, data)));
    case "agent_response":
      return response(view, event, data);
    case "tool_call":
      return inStep(view, data.step, (step) => toolCall(step, event, data));
    case "artifact":
      return { ...view, artifacts: withArtifact(view.artifacts, event, data) };
    case "request":
      return listed({ ...view, requests: withRequest(view.requests, event, data) });
    case "note":
      return { ...view, notes: withNote(view.notes, event, data) };
    case "error":
      return { ...view, errors: appended(view.errors, errorOf(event, data)) };
    default:
      return view;
  }
}

/** The run's state as its last run_status said; `waiting` is how a running one is shown. */
function underlying(status: ViewState): RunState {
  return status === "waiting" ? "running" : status;
}

/** `waiting` where the run goes on only when a person has answered. */
export function viewState(
  status: ViewState,
  open: boolean,
  steps: readonly Pick<StepView, "status" | "retry_at">[],
): ViewState {
  const state = underlying(status);
  if (state !== "running" || !open) return state;
  const busy = steps.some((step) => stepAtWork(step.status) || (step.status === "waiting" && step.retry_at));
  return busy ? "running" : "waiting";
}

function listed(view: RunView): RunView {
  const open = view.requests.some((request) => request.status === "open");
  return { ...view, status: viewState(view.status, open, view.steps) };
}

function created(event: Event, data: DataOf<"run_created">): RunView {
  return {
    run_id: event.run_id ?? "",
    title: data.title,
    brief: data.brief,
    team: data.team,
    owner: data.owner,
    options: data.options,
    forked_from: data.forked_from,
    status: "created",
    outcome: null,
    created_at: event.timestamp,
    updated_at: event.timestamp,
    ended_at: null,
    version: event.version ?? 0,
    position: event.position,
    steps: data.steps.map(newStep),
    requests: [],
    artifacts: [],
    notes: [],
    errors: [],
    usage: NO_USAGE,
    before: data.before,
    imported: data.imported,
    attachments: data.attachments,
  };
}

function newStep(plan: DataOf<"run_created">["steps"][number]): StepView {
  return {
    step: plan.step,
    agent_name: plan.agent_name,
    title: plan.title,
    needs: plan.needs,
    status: "pending",
    task: null,
    attempt: 0,
    call_attempt: 0,
    progress: null,
    retry_at: null,
    started_at: null,
    ended_at: null,
    usage: NO_USAGE,
    phases: plan.phases.map(newPhase),
    messages: [],
    tool_calls: [],
  };
}

function runStatus(view: RunView, event: Event, data: DataOf<"run_status">): RunView {
  const ended_at = runEnded(data.status) ? event.timestamp : null;
  return listed({ ...view, status: data.status, outcome: data.outcome, ended_at });
}

function stepAfter(step: StepView, event: Event, data: DataOf<"agent_status">): StepView {
  return {
    ...step,
    status: data.status,
    task: data.task,
    attempt: data.attempt,
    call_attempt: data.call_attempt,
    progress: data.progress,
    retry_at: data.retry_at,
    started_at: step.started_at ?? (data.status === "started" ? event.timestamp : null),
    ended_at: stepEnded(data.status) ? event.timestamp : null,
  };
}

function phaseStatus(step: StepView, data: DataOf<"phase_status">): StepView {
  const { status, attempt, progress, result } = data;
  return {
    ...step,
    phases: withPhase(step.phases, data).map((one) =>
      one.phase === data.phase ? { ...one, status, attempt, progress, result } : one,
    ),
  };
}

/** A phase of another team that stands in comes in later, right after the one it stands for. */
function withPhase(phases: StepView["phases"], data: DataOf<"phase_status">): StepView["phases"] {
  const { phase, after } = data;
  if (after === null || phases.some((one) => one.phase === phase)) return phases;
  const at = phases.findIndex((one) => one.phase === after);
  return phases.toSpliced(at < 0 ? phases.length : at + 1, 0, newPhase(phase));
}

function newPhase(phase: string): StepView["phases"][number] {
  return { phase, status: "pending", attempt: 0, progress: null, result: null };
}

function delta(step: StepView, event: Event, data: DataOf<"agent_delta">): StepView {
  const held = messageOf(step, data.message_id) ?? newMessage(event, data);
  if (held.finish !== null) return step;
  return withMessage(step, extendMessage(held, data.channel, data.offset, event.content) ?? held);
}

function newMessage(event: Event, data: DataOf<"agent_delta">): MessageView {
  return {
    message_id: data.message_id,
    phase: data.phase,
    attempt: data.attempt,
    text: "",
    thinking: "",
    finish: null,
    model: null,
    started_at: event.timestamp,
    ended_at: null,
  };
}

function response(view: RunView, event: Event, data: DataOf<"agent_response">): RunView {
  const message: MessageView = {
    message_id: data.message_id,
    phase: data.phase,
    attempt: data.attempt,
    text: event.content,
    thinking: data.thinking,
    finish: data.finish,
    model: data.model,
    started_at: data.started_at,
    ended_at: event.timestamp,
  };
  const used = data.usage ?? NO_USAGE;
  const next = inStep(view, data.step, (step) => ({
    ...withMessage(step, message),
    usage: added(step.usage, used),
  }));
  return bounded({ ...next, usage: added(view.usage, used) });
}

function added(a: Usage, b: Usage): Usage {
  const priced = a.cost_usd !== null || b.cost_usd !== null;
  return {
    input_tokens: a.input_tokens + b.input_tokens,
    output_tokens: a.output_tokens + b.output_tokens,
    cost_usd: priced ? (a.cost_usd ?? 0) + (b.cost_usd ?? 0) : null,
  };
}

/** One event brings at most one message more, so one goes at most. */
function bounded(view: RunView): RunView {
  let total = 0;
  for (const step of view.steps) total += step.messages.length;
  if (total <= MESSAGES_KEPT) return view;
  const firsts = view.steps.flatMap((step) => step.messages.slice(0, 1));
  const oldest = firsts.reduce((a, b) => (compareMessages(b, a) < 0 ? b : a));
  const steps = view.steps.map((step) =>
    step.messages[0] === oldest ? { ...step, messages: step.messages.slice(1) } : step,
  );
  return { ...view, steps };
}

function toolCall(step: StepView, event: Event, data: DataOf<"tool_call">): StepView {
  const held = step.tool_calls.find((call) => call.call_id === data.call_id);
  const call: ToolCallView = {
    call_id: data.call_id,
    name: data.name,
    status: data.status,
    summary: data.summary,
    started_at: held?.started_at ?? event.timestamp,
    ended_at: data.status === "started" ? null : event.timestamp,
  };
  const tool_calls = held ? replaced(step.tool_calls, held, call) : appended(step.tool_calls, call);
  return { ...step, tool_calls };
}

function withArtifact(
  held: readonly ArtifactView[],
  event: Event,
  data: DataOf<"artifact">,
): readonly ArtifactView[] {
  const { path, version, size, media_type, sha256, step, by } = data;
  const artifact = { path, version, size, media_type, sha256, step, by, timestamp: event.timestamp };
  const others = held.filter((one) => one.path !== path);
  const behind = others.findIndex((one) => compareCodePoints(one.path, path) > 0);
  return others.toSpliced(behind < 0 ? others.length : behind, 0, artifact);
}

function withRequest(
  requests: readonly RequestView[],
  event: Event,
  data: DataOf<"request">,
): readonly RequestView[] {
  const held = requests.find((one) => one.request_id === data.request_id);
  const request: RequestView = {
    request_id: data.request_id,
    kind: data.kind,
    status: data.status,
    step: data.step,
    prompt: data.prompt,
    options: data.options,
    subject: data.subject,
    decision: data.decision,
    answer: data.answer,
    by: data.by,
    opened_at: held?.opened_at ?? event.timestamp,
    answered_at: data.status === "open" ? null : event.timestamp,
    budget: data.budget,
    gate: data.gate,
    trouble: data.trouble,
  };
  return held ? replaced(requests, held, request) : appended(requests, request);
}

function withNote(notes: readonly NoteView[], event: Event, data: DataOf<"note">): readonly NoteView[] {
  if (data.taken_up_by === null) return appended(notes, noteOf(event, data));
  const held = notes.find((note) => note.note_id === data.note_id);
  const step = data.taken_up_by;
  if (held === undefined || held.taken_up.some((one) => one.step === step)) return notes;
  return replaced(notes, held, { ...held, taken_up: [...held.taken_up, { step, at: event.timestamp }] });
}

function noteOf(event: Event, data: DataOf<"note">): NoteView {
  return {
    note_id: event.id,
    by: data.by,
    step: data.step,
    content: event.content,
    timestamp: event.timestamp,
    taken_up: [],
  };
}

function errorOf(event: Event, data: DataOf<"error">): RunView["errors"][number] {
  return {
    error_id: event.id,
    code: data.code,
    severity: data.severity,
    message: event.content,
    action: data.action,
    retryable: data.retryable,
    reference: data.reference,
    step: data.step,
    timestamp: event.timestamp,
  };
}

function inStep(view: RunView, id: string, after: (step: StepView) => StepView): RunView {
  const at = view.steps.findIndex((step) => step.step === id);
  const held = view.steps[at];
  if (held === undefined) return view;
  const step = after(held);
  return step === held ? view : { ...view, steps: view.steps.with(at, step) };
}

function replaced<T>(entries: readonly T[], held: T, entry: T): readonly T[] {
  return entries.map((one) => (one === held ? entry : one));
}

/** The newest `ENTRIES_KEPT` stay. */
function appended<T>(entries: readonly T[], entry: T): readonly T[] {
  return [...entries, entry].slice(-ENTRIES_KEPT);
}
