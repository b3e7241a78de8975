/**
 * The metadata of each type of event. What is not understood (a newer type, word or shape) reads as
 * `type: "unknown"`: it leaves the state as it is, exactly as the server treats it.
 */

import {
  count,
  flag,
  lenient,
  list,
  nullable,
  number,
  object,
  oneOf,
  optional,
  type Read,
  record,
  text,
  Unreadable,
  type Value,
} from "./read";

export const usage = record({ input_tokens: count, output_tokens: count, cost_usd: nullable(number) });
export type Usage = Value<typeof usage>;
export const NO_USAGE: Usage = { input_tokens: 0, output_tokens: 0, cost_usd: null };

export const runState = oneOf("created", "running", "paused", "completed", "failed", "cancelled", "deleted");
export const outcome = oneOf("succeeded", "partial");
export const stepState = oneOf(
  "pending",
  "queued",
  "started",
  "thinking",
  "waiting",
  "retrying",
  "completed",
  "error",
  "skipped",
  "cancelled",
);
export const phaseState = oneOf(
  "pending",
  "started",
  "progress",
  "completed",
  "error",
  "skipped",
  "cancelled",
  "rolled_back",
);
export const finish = oneOf("complete", "fallback", "interrupted", "cancelled");
export const callState = oneOf("started", "completed", "error");
export const requestKind = oneOf("approval", "question", "budget");
export const requestState = oneOf("open", "answered", "withdrawn");
export const jobState = oneOf("queued", "claimed", "completed", "failed", "lost", "cancelled", "dead");
export const workerState = oneOf("registered", "busy", "idle", "draining", "gone", "lost");
export const decision = oneOf("approve", "edit", "reject", "respond");
export const severity = oneOf("warning", "error");

export type RunState = Value<typeof runState>;
export type StepState = Value<typeof stepState>;
export type Decision = Value<typeof decision>;

const texts = list(text, 10_000);
const plan = record({ step: text, agent_name: text, title: text, needs: texts, phases: texts });
export type StepPlan = Value<typeof plan>;

/** A run that a follow-up goes on from. */
export const before = record({ run_id: text, title: text, brief: text, built: text });

/** That a run comes from another server, or goes on from one that does. */
export const imported = record({ by: text, at: text, owner: text, sha256: text });

/** What was attached to the brief. Its text is read on its own. */
export const attachment = record({
  name: text,
  media_type: lenient(oneOf("text/plain", "text/markdown", "application/pdf"), "text/plain"),
  size: count,
  characters: count,
  sha256: text,
  cut: optional(flag, false),
});
export type Attachment = Value<typeof attachment>;

export const budget = record({
  scope: oneOf("run", "agent", "day"),
  limit_usd: number,
  spent_usd: number,
  suggested_usd: number,
  model: optional(nullable(text), null),
  day: optional(nullable(text), null),
  raised_to_usd: optional(nullable(number), null),
});
export type Budget = Value<typeof budget>;

const gateFile = record({ path: text, version: count, sha256: text });
export const gate = record({
  when: oneOf("before", "after", "tool"),
  round: count,
  rounds: count,
  artifacts: list(gateFile, 1_000),
  more: optional(count, 0),
  message_id: optional(nullable(text), null),
  excerpt: optional(text, ""),
  edited: optional(
    nullable(record({ path: text, version: count, sha256: text, of: oneOf("file", "reply") })),
    null,
  ),
});
export type Gate = Value<typeof gate>;

/** The failure about which a person is asked what to do. */
export const trouble = record({
  code: text,
  phase: text,
  attempt: count,
  reference: optional(nullable(text), null),
});
export type Trouble = Value<typeof trouble>;

/** What a job failed with. */
export const fault = record({
  code: text,
  message: text,
  action: optional(text, ""),
  reference: optional(nullable(text), null),
});
export type Fault = Value<typeof fault>;

const readers = {
  run_created: record({
    title: text,
    brief: text,
    team: text,
    owner: text,
    options: object,
    forked_from: nullable(text),
    before: optional(list(before, 100), []),
    imported: optional(nullable(imported), null),
    attachments: optional(list(attachment, 100), []),
    steps: list(plan, 1_000),
  }),
  run_status: record({
    status: oneOf("running", "paused", "completed", "failed", "cancelled", "deleted"),
    outcome: nullable(outcome),
    by: nullable(text),
    reason: nullable(text),
  }),
  agent_status: record({
    step: text,
    status: stepState,
    task: nullable(text),
    attempt: count,
    call_attempt: optional(count, 1),
    progress: nullable(number),
    retry_at: nullable(text),
    usage: nullable(usage),
    seconds: nullable(number),
  }),
  phase_status: record({
    step: text,
    phase: text,
    status: phaseState,
    attempt: count,
    progress: nullable(number),
    retry_at: nullable(text),
    result: nullable(object),
    after: optional(nullable(text), null),
  }),
  agent_delta: record({
    step: text,
    phase: text,
    attempt: count,
    message_id: text,
    channel: oneOf("text", "thinking"),
    offset: count,
  }),
  agent_response: record({
    step: text,
    phase: text,
    attempt: count,
    message_id: text,
    started_at: text,
    thinking: text,
    finish,
    model: nullable(text),
    usage: nullable(usage),
  }),
  tool_call: record({ step: text, call_id: text, name: text, status: callState, summary: text }),
  artifact: record({
    step: nullable(text),
    path: text,
    version: count,
    size: count,
    media_type: text,
    sha256: text,
    by: text,
  }),
  request: record({
    request_id: text,
    kind: requestKind,
    status: requestState,
    step: nullable(text),
    prompt: text,
    options: optional(texts, []),
    subject: nullable(text),
    decision: nullable(decision),
    answer: nullable(text),
    by: nullable(text),
    budget: lenient(nullable(budget), null),
    gate: lenient(nullable(gate), null),
    trouble: lenient(nullable(trouble), null),
  }),
  note: record({
    by: text,
    step: nullable(text),
    note_id: nullable(text),
    taken_up_by: nullable(text),
  }),
  error: record({
    code: text,
    severity,
    retryable: flag,
    action: text,
    reference: nullable(text),
    step: nullable(text),
  }),
  system: record({ level: oneOf("info", "warning") }),
  job_status: record({
    job_id: text,
    step: text,
    phase: text,
    attempt: count,
    status: jobState,
    worker_id: nullable(text),
    requires: optional(texts, []),
    waited_ms: nullable(count),
    ran_ms: nullable(count),
    error: lenient(nullable(fault), null),
  }),
  worker_status: record({
    worker_id: text,
    status: workerState,
    capabilities: optional(texts, []),
    host: text,
    concurrency: count,
    running: optional(texts, []),
  }),
} as const;

type Kind = keyof typeof readers;
export type DataOf<K extends Kind> = Value<(typeof readers)[K]>;
export type EventData =
  | { [K in Kind]: { readonly type: K } & DataOf<K> }[Kind]
  | { readonly type: "unknown" };

const UNKNOWN: EventData = { type: "unknown" };
const isCreation = lenient(record({ status: oneOf("created") }), null);

/** Never raises. */
export function readEventData(type: string, metadata: unknown): EventData {
  const known = type === "run_status" && isCreation(metadata) !== null ? "run_created" : type;
  if (!isKind(known)) return UNKNOWN;
  const read: Read<object> = readers[known];
  try {
    return { ...read(metadata), type: known } as EventData;
  } catch (error) {
    if (error instanceof Unreadable) return UNKNOWN;
    throw error;
  }
}

function isKind(type: string): type is Kind {
  return Object.hasOwn(readers, type);
}
