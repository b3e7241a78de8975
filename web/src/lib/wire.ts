/**
 * The wire format: what the server sends, read into typed values.
 *
 * What is not understood never raises here: an event of an unknown type or with unknown words reads as
 * `type: "unknown"`, an unknown frame as null. Only text that is no JSON object, or far too long, is refused.
 */

import { type EventData, readEventData } from "./events";
import {
  count,
  flag,
  isObject,
  type JsonObject,
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

/** Snapshots of the longest runs stay far below; anything longer is not ours. */
export const FRAME_CHARACTERS = 64 * 1024 * 1024;

const eventHead = record({
  position: count,
  version: nullable(count),
  id: text,
  run_id: nullable(text),
  type: text,
  timestamp: text,
  agent_name: nullable(text),
  content: optional(text, ""),
  requires_ack: optional(flag, false),
});

export type Event = Value<typeof eventHead> & {
  readonly data: EventData;
  /** As it came, with what is not understood. */
  readonly metadata: JsonObject;
};

/** An event without a readable head is a fault of the sender: it raises `Unreadable`. */
export const readEvent: Read<Event> = (value) => {
  const head = eventHead(value);
  const metadata = isObject(value) && isObject(value.metadata) ? value.metadata : {};
  return { ...head, data: readEventData(head.type, metadata), metadata };
};

export const readEventsPage = record({
  epoch: text,
  events: list(readEvent, 1_000),
  next: optional(nullable(count), null),
});
export type EventsPage = Value<typeof readEventsPage>;

const problem = record({
  code: text,
  message: text,
  action: optional(text, ""),
  retryable: optional(flag, false),
  reference: optional(nullable(text), null),
});
export type Problem = Value<typeof problem>;
export const readProblem: Read<Problem> = problem;

const topics = list(text, 1_000);
const frames = {
  welcome: record({
    type: oneOf("welcome"),
    client_id: text,
    epoch: text,
    position: count,
    topics,
    resumed: flag,
    heartbeat_seconds: number,
    server_time: optional(nullable(text), null),
  }),
  snapshot: record({ type: oneOf("snapshot"), topic: text, position: count, data: object }),
  events: record({ type: oneOf("events"), from: count, to: count, events: list(readEvent) }),
  subscribed: record({
    type: oneOf("subscribed"),
    id: optional(nullable(text), null),
    topics,
    position: count,
  }),
  unsubscribed: record({ type: oneOf("unsubscribed"), id: optional(nullable(text), null), topics }),
  reply: record({
    type: oneOf("reply"),
    id: text,
    ok: flag,
    result: optional(nullable(object), null),
    error: optional(nullable(problem), null),
    position: optional(nullable(count), null),
  }),
  error: record({
    type: oneOf("error"),
    id: optional(nullable(text), null),
    topic: optional(nullable(text), null),
    error: problem,
  }),
  heartbeat: record({ type: oneOf("heartbeat"), position: count }),
  resync: record({ type: oneOf("resync"), reason: text, topics, position: count }),
  drain: record({ type: oneOf("drain"), reconnect_after_ms: number }),
} as const;

export type Frame = { [K in keyof typeof frames]: Value<(typeof frames)[K]> }[keyof typeof frames];
export type Reply = Extract<Frame, { type: "reply" }>;
export type Welcome = Extract<Frame, { type: "welcome" }>;

/**
 * Read one frame. Null: a frame type of a newer server, to be ignored.
 * Raises `Unreadable` where a known frame is malformed, the text is no JSON object, or it is too long.
 */
export function readFrame(data: unknown): Frame | null {
  if (typeof data !== "string") throw new Unreadable("expected a text frame");
  if (data.length > FRAME_CHARACTERS) throw new Unreadable("the frame is too long");
  const value = parse(data);
  if (!isFrameType(value.type)) return null;
  const read: Read<Frame> = frames[value.type];
  return read(value);
}

function isFrameType(type: unknown): type is keyof typeof frames {
  return typeof type === "string" && Object.hasOwn(frames, type);
}

function parse(data: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(data);
  } catch {
    throw new Unreadable("the frame is not JSON");
  }
  return object(value);
}

export type CommandName =
  | "start_run"
  | "fork_run"
  | "follow_up_run"
  | "pause_run"
  | "resume_run"
  | "cancel_run"
  | "delete_run"
  | "retry_step"
  | "skip_step"
  | "answer_request"
  | "edit_artifact"
  | "add_note";

/** Of the topic `log`: an event passes that is in all lists; a list left out holds everything. */
export interface LogFilter {
  readonly types?: readonly string[];
  readonly agents?: readonly string[];
  readonly levels?: readonly ("info" | "warning" | "error")[];
}

export type ClientFrame =
  | {
      type: "hello";
      client_id: string;
      topics: readonly string[];
      resume?: { epoch: string; position: number };
    }
  | { type: "subscribe"; id: string; topics: readonly string[]; filter?: LogFilter }
  | { type: "unsubscribe"; id: string; topics: readonly string[] }
  | { type: "command"; id: string; name: CommandName; args: JsonObject }
  | { type: "ack"; position: number }
  | { type: "heartbeat" };
