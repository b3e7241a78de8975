/**
 * What a run's events make of its chart: a lane for the run and one for each step, with rows of bars.
 *
 * Pure. Times are those of the log. Where they go backwards (another machine's clock), a lane stands still until they
 * have caught up, so that what follows in it never lies before what came first.
 */

import type { DataOf, StepState } from "@/lib/events";
import { runEnded, stepEnded } from "@/lib/reduce";
import type { Event } from "@/lib/wire";
import {
  BARS_KEPT,
  type Bar,
  type BarKind,
  begun,
  ended,
  endOf,
  type Row,
  STATES,
  type StateKind,
} from "./bars";

export interface Lane {
  /** Null: the run's own. */
  readonly step: string | null;
  readonly name: string;
  /** The latest time in it; nothing that is told later begins before. */
  readonly clock: number;
  /** One after another, never two at a time. */
  readonly states: Row;
  /** The same for phases: a bar is one attempt, or a part of it. */
  readonly phases: Row;
  readonly messages: Row;
  readonly tools: Row;
}

export interface Lanes {
  /** When the run began; what it shares with an earlier one lies before. Null: its creation was not seen. */
  readonly created: number | null;
  /** The earliest and the latest time of all. */
  readonly first: number;
  readonly last: number;
  readonly paused: boolean;
  readonly over: boolean;
  /** The run's own first. */
  readonly lanes: readonly Lane[];
}

export const NO_LANES: Lanes = {
  created: null,
  first: Number.POSITIVE_INFINITY,
  last: Number.NEGATIVE_INFINITY,
  paused: false,
  over: false,
  lanes: [],
};

/** The lanes after `event`; the same rows where it changes nothing in them. */
export function evolveLanes(before: Lanes, event: Event): Lanes {
  const told = Date.parse(event.timestamp);
  const at = Number.isNaN(told) ? Math.max(0, before.last) : told;
  const lanes = { ...before, first: Math.min(before.first, at), last: Math.max(before.last, at) };
  const { data } = event;
  switch (data.type) {
    case "run_created":
      return created(lanes, at, data);
    case "run_status":
      return runStatus(lanes, event, at, data);
    case "agent_status":
      return inLane(lanes, data.step, at, (lane, time) => agentStatus(lane, event, time, data, lanes.paused));
    case "phase_status":
      return inLane(lanes, data.step, at, (lane, time) => phaseStatus(lane, event, time, data));
    case "agent_delta":
      return inLane(lanes, data.step, at, (lane) => messageBegun(lane, event, at, data));
    case "agent_response":
      return inLane(lanes, data.step, at, (lane) => messageEnded(lane, event, at, data));
    case "tool_call":
      return inLane(lanes, data.step, at, (lane) => toolCall(lane, event, at, data));
    default:
      return lanes;
  }
}

function created(lanes: Lanes, at: number, data: DataOf<"run_created">): Lanes {
  const steps = data.steps.map(({ step, agent_name }) => newLane(step, agent_name));
  return { ...lanes, created: at, lanes: [newLane(null, ""), ...steps] };
}

function newLane(step: string | null, name: string): Lane {
  return {
    step,
    name,
    clock: Number.NEGATIVE_INFINITY,
    states: [],
    phases: [],
    messages: [],
    tools: [],
  };
}

/** `change` gets the time that the lane's clock makes of `at`. */
function inLane(
  lanes: Lanes,
  step: string | null,
  at: number,
  change: (lane: Lane, time: number) => Lane,
): Lanes {
  const place = lanes.lanes.findIndex((lane) => lane.step === step);
  const held = lanes.lanes[place];
  if (held === undefined) return lanes;
  const lane = change(held, Math.max(held.clock, at));
  return lane === held ? lanes : { ...lanes, lanes: lanes.lanes.with(place, lane) };
}

function runStatus(before: Lanes, event: Event, at: number, data: DataOf<"run_status">): Lanes {
  const paused = data.status === "paused";
  const over = runEnded(data.status);
  const kind = over ? null : paused ? "held" : "running";
  const lanes = inLane({ ...before, paused, over }, null, at, (lane, time) =>
    inState(lane, kind, event, time),
  );
  if (over) return { ...lanes, lanes: lanes.lanes.map((lane) => closed(lane, Math.max(lane.clock, at))) };
  return { ...lanes, lanes: lanes.lanes.map((lane) => queueHeld(lane, event, at, paused)) };
}

/** What waits in the queue is held by a pause, and not the queue's to answer for. */
function queueHeld(lane: Lane, event: Event, at: number, paused: boolean): Lane {
  const open = openState(lane);
  if (lane.step === null || open?.kind !== (paused ? "queued" : "held")) return lane;
  return inState(lane, paused ? "held" : "queued", event, Math.max(lane.clock, at));
}

function closed(lane: Lane, at: number): Lane {
  return {
    ...lane,
    clock: at,
    states: ended(lane.states, at),
    phases: ended(lane.phases, at, true),
    messages: ended(lane.messages, at, true),
    tools: ended(lane.tools, at, true),
  };
}

function openState(lane: Lane): Bar | undefined {
  return lane.states.findLast((bar) => bar.end === null);
}

const AFRESH: readonly BarKind[] = ["retry", "limit", "person"];

/** Each wait stands for itself; work that goes on is one bar, whatever is said about it meanwhile. */
function inState(lane: Lane, kind: BarKind | null, event: Event, at: number, name = ""): Lane {
  const open = openState(lane);
  if (kind !== null && open?.kind === kind && !AFRESH.includes(kind)) return lane;
  const states = ended(lane.states, at);
  if (kind === null) return states === lane.states ? lane : { ...lane, clock: at, states };
  return { ...lane, clock: at, states: begun(states, newBar(event, kind, at, name)) };
}

function newBar(event: Event, kind: BarKind, start: number, name: string, id = `${event.position}`): Bar {
  const { position } = event;
  return { id: `${kind}-${id}`, kind, start, end: null, position, name, attempt: 0, bad: false };
}

function agentStatus(
  lane: Lane,
  event: Event,
  at: number,
  data: DataOf<"agent_status">,
  paused: boolean,
): Lane {
  const kind = stateKind(data.status, data.retry_at !== null, paused);
  const next = inState(lane, kind, event, at, data.task ?? "");
  if (stepEnded(data.status)) return closed(next, at);
  if (data.status !== "pending" && data.status !== "queued") return next;
  // Whoever was at work is not any more, whatever was not said.
  const tools = ended(next.tools, at, true);
  return tools === next.tools ? next : { ...next, tools };
}

function stateKind(status: StepState, timed: boolean, paused: boolean): StateKind | null {
  switch (status) {
    case "queued":
      return paused ? "held" : "queued";
    case "started":
      return "working";
    case "thinking":
      return "thinking";
    case "waiting":
      return timed ? "limit" : "person";
    case "retrying":
      return "retry";
    default:
      return null;
  }
}

function phaseStatus(lane: Lane, event: Event, at: number, data: DataOf<"phase_status">): Lane {
  const bad = data.status === "error" || data.status === "rolled_back" || data.status === "cancelled";
  const phases = ended(lane.phases, at, bad);
  const bar = { name: data.phase, attempt: data.attempt };
  if (data.status === "started") {
    return { ...lane, clock: at, phases: begun(phases, { ...newBar(event, "phase", at, ""), ...bar }) };
  }
  if (phases !== lane.phases) return { ...lane, clock: at, phases };
  // A phase that is shared with an earlier run comes with its end alone, which tells when it began.
  const from = Date.parse(String(data.result?.started_at ?? ""));
  if (Number.isNaN(from) || from >= at) return lane;
  const start = Math.max(from, lastEnd(phases));
  if (start >= at) return lane;
  return {
    ...lane,
    clock: at,
    phases: begun(phases, { ...newBar(event, "phase", start, ""), ...bar, end: at, bad }),
  };
}

function lastEnd(row: Row): number {
  return row.at(-1)?.end ?? Number.NEGATIVE_INFINITY;
}

function messageBegun(lane: Lane, event: Event, at: number, data: DataOf<"agent_delta">): Lane {
  const id = `message-${data.message_id}`;
  if (lane.messages.some((bar) => bar.id === id)) return lane;
  return { ...lane, messages: begun(lane.messages, newBar(event, "message", at, "", data.message_id)) };
}

function messageEnded(lane: Lane, event: Event, at: number, data: DataOf<"agent_response">): Lane {
  const id = `message-${data.message_id}`;
  const told = Date.parse(data.started_at);
  const held = lane.messages.find((bar) => bar.id === id);
  const bar =
    held ?? newBar(event, "message", Number.isNaN(told) ? at : Math.min(told, at), "", data.message_id);
  const done: Bar = {
    ...bar,
    end: Math.max(bar.start, at),
    name: data.model ?? "",
    bad: data.finish !== "complete",
  };
  const others = lane.messages.filter((one) => one !== held);
  return { ...lane, messages: inOrder(others, done) };
}

function toolCall(lane: Lane, event: Event, at: number, data: DataOf<"tool_call">): Lane {
  const id = `tool-${data.call_id}`;
  const held = lane.tools.find((bar) => bar.id === id && bar.end === null);
  if (held === undefined) {
    const bar = newBar(event, "tool", at, data.name, data.call_id);
    if (data.status === "started") return { ...lane, tools: begun(lane.tools, bar) };
    return { ...lane, tools: begun(lane.tools, { ...bar, end: at, bad: data.status === "error" }) };
  }
  if (data.status === "started") return lane;
  return { ...lane, tools: ended(lane.tools, at, data.status === "error", (bar) => bar === held) };
}

function inOrder(row: Row, bar: Bar): Row {
  const behind = row.findIndex((one) => one.start > bar.start);
  return row.toSpliced(behind < 0 ? row.length : behind, 0, bar).slice(-BARS_KEPT);
}

export function rowsOf(lane: Lane): readonly Row[] {
  return [lane.phases, lane.states, lane.messages, lane.tools];
}

/** Milliseconds that a lane was in each state, as far as its bars are kept. */
export function totalsOf(lane: Lane, now: number): Readonly<Record<StateKind, number>> {
  const totals = Object.fromEntries(STATES.map((kind) => [kind, 0])) as Record<StateKind, number>;
  for (const bar of lane.states) {
    if (isState(bar.kind)) totals[bar.kind] += endOf(bar, now) - bar.start;
  }
  return totals;
}

function isState(kind: BarKind): kind is StateKind {
  return (STATES as readonly BarKind[]).includes(kind);
}

/** Whether something of it lies before the run began: it is shared with the run that this one goes on from. */
export function sharesEarlier({ created, lanes }: Lanes): boolean {
  if (created === null) return false;
  return lanes.some((lane) => rowsOf(lane).some((row) => row.some((bar) => bar.start < created)));
}
