/** Views: what snapshots and HTTP reads carry. A word of a newer server reads as the nearest one known here. */

import {
  attachment,
  before,
  budget,
  callState,
  decision,
  fault,
  finish,
  gate,
  imported,
  jobState,
  outcome,
  phaseState,
  requestKind,
  requestState,
  runState,
  severity,
  stepState,
  trouble,
  usage,
  workerState,
} from "./events";
import {
  count,
  flag,
  lenient,
  list,
  nullable,
  number,
  object,
  optional,
  type Read,
  record,
  text,
  type Value,
} from "./read";

const viewState = (value: unknown) => (value === "waiting" ? "waiting" : runState(value));
const knownStepState = lenient(stepState, "started");
const texts = list(text, 10_000);

const phaseView = record({
  phase: text,
  status: lenient(phaseState, "started"),
  attempt: count,
  progress: nullable(number),
  result: nullable(object),
});

const messageView = record({
  message_id: text,
  phase: text,
  attempt: count,
  text,
  thinking: text,
  finish: nullable(lenient(finish, "complete")),
  model: nullable(text),
  started_at: text,
  ended_at: nullable(text),
});

const toolCallView = record({
  call_id: text,
  name: text,
  status: lenient(callState, "completed"),
  summary: text,
  started_at: text,
  ended_at: nullable(text),
});

const stepView = record({
  step: text,
  agent_name: text,
  title: text,
  needs: texts,
  status: knownStepState,
  task: nullable(text),
  attempt: count,
  call_attempt: count,
  progress: nullable(number),
  retry_at: nullable(text),
  started_at: nullable(text),
  ended_at: nullable(text),
  usage,
  phases: list(phaseView, 1_000),
  messages: list(messageView),
  tool_calls: list(toolCallView),
});

const requestView = record({
  request_id: text,
  kind: lenient(requestKind, "question"),
  status: lenient(requestState, "withdrawn"),
  step: nullable(text),
  prompt: text,
  options: texts,
  subject: nullable(text),
  decision: nullable(lenient(decision, "respond")),
  answer: nullable(text),
  by: nullable(text),
  opened_at: text,
  answered_at: nullable(text),
  budget: lenient(nullable(budget), null),
  gate: lenient(nullable(gate), null),
  trouble: lenient(nullable(trouble), null),
});

const artifactView = record({
  path: text,
  version: count,
  size: count,
  media_type: text,
  sha256: text,
  step: nullable(text),
  by: text,
  timestamp: text,
});

const takenUp = record({ step: text, at: text });

const noteView = record({
  note_id: text,
  by: text,
  step: nullable(text),
  content: text,
  timestamp: text,
  taken_up: optional(list(takenUp), []),
});

const errorView = record({
  error_id: text,
  code: text,
  severity: lenient(severity, "error"),
  message: text,
  action: text,
  retryable: flag,
  reference: nullable(text),
  step: nullable(text),
  timestamp: text,
});

export const readRunView = record({
  run_id: text,
  title: text,
  brief: text,
  team: text,
  owner: text,
  options: object,
  forked_from: nullable(text),
  status: lenient(viewState, "running"),
  outcome: nullable(lenient(outcome, "partial")),
  created_at: text,
  updated_at: text,
  ended_at: nullable(text),
  version: count,
  position: count,
  steps: list(stepView, 1_000),
  requests: list(requestView),
  artifacts: list(artifactView),
  notes: list(noteView),
  errors: list(errorView),
  usage,
  before: optional(list(before, 100), []),
  imported: optional(nullable(imported), null),
  attachments: optional(list(attachment, 100), []),
});

const stepSummary = record({
  step: text,
  agent_name: text,
  status: knownStepState,
  retry_at: optional(nullable(text), null),
});

export const readRunSummary = record({
  run_id: text,
  title: text,
  team: text,
  owner: text,
  status: lenient(viewState, "running"),
  outcome: nullable(lenient(outcome, "partial")),
  created_at: text,
  updated_at: text,
  waiting: count,
  progress: number,
  steps: list(stepSummary, 1_000),
});

export const readJobView = record({
  job_id: text,
  run_id: text,
  step: text,
  phase: text,
  attempt: count,
  status: lenient(jobState, "queued"),
  agent_name: nullable(text),
  worker_id: nullable(text),
  requires: texts,
  queued_at: text,
  claimed_at: nullable(text),
  ended_at: nullable(text),
  waited_ms: nullable(count),
  ran_ms: nullable(count),
  error: lenient(nullable(fault), null),
});

export const readWorkerView = record({
  worker_id: text,
  host: text,
  status: lenient(workerState, "idle"),
  capabilities: texts,
  concurrency: count,
  running: texts,
  registered_at: text,
  completed: count,
  failed: count,
});

export type PhaseView = Value<typeof phaseView>;
export type MessageView = Value<typeof messageView>;
export type ToolCallView = Value<typeof toolCallView>;
export type StepView = Value<typeof stepView>;
export type RequestView = Value<typeof requestView>;
export type ArtifactView = Value<typeof artifactView>;
export type NoteView = Value<typeof noteView>;
export type ErrorView = Value<typeof errorView>;
export type RunView = Value<typeof readRunView>;
export type RunSummary = Value<typeof readRunSummary>;
export type ViewState = RunView["status"];

export type JobView = Value<typeof readJobView>;
export type WorkerView = Value<typeof readWorkerView>;

export const readJobsSnapshot = record({ jobs: list(readJobView, 10_000) });
export const readWorkersSnapshot = record({ workers: list(readWorkerView, 10_000) });
export const readRunsSnapshot: Read<{ readonly runs: readonly RunSummary[] }> = record({
  runs: list(readRunSummary, 1_000),
});
export const readRunsPage = record({
  runs: list(readRunSummary, 1_000),
  next: optional(nullable(text), null),
});
export type RunsPage = Value<typeof readRunsPage>;
export const readJobsPage = record({
  jobs: list(readJobView, 1_000),
  runs: optional(list(record({ run_id: text, title: text }), 1_000), []),
  next: optional(nullable(text), null),
});
export type JobsPage = Value<typeof readJobsPage>;
export const readRequestsPage = record({
  requests: list(
    record({
      run_id: text,
      title: text,
      team: text,
      owner: text,
      agent_name: nullable(text),
      request: requestView,
    }),
    1_000,
  ),
  next: optional(nullable(text), null),
  total: count,
});
export type RequestsPage = Value<typeof readRequestsPage>;
/** A request with the project that it stands in. */
export type AskedView = RequestsPage["requests"][number];
const ofStep = record({ step: text });
/** A message outside of its step's view. */
const pastMessage = (value: unknown) => ({ ...messageView(value), ...ofStep(value) });
export type PastMessage = Value<typeof pastMessage>;
/** A run's view holds the newest messages; these are older ones, oldest first. */
export const readPastMessages = record({ messages: list(pastMessage, 1_000) });
export const readArtifacts = record({ artifacts: list(artifactView) });
