import { describe, expect, it } from "vitest";
import { evolve } from "@/lib/reduce";
import type { RunView } from "@/lib/views";
import type { Event } from "@/lib/wire";
import { agentStatus, CREATED, delta, event } from "@/test/sample";
import {
  allEvents,
  CHARACTERS_KEPT,
  CHUNK_EVENTS,
  continues,
  EVENTS_KEPT,
  eventAt,
  extended,
  indexOf,
  NOTHING_RECORDED,
  viewAt,
} from "./recording";

/** A run of so many events: every second position, as other runs have the others. */
function someRun(count: number): readonly Event[] {
  const events = [event(2, "run_status", CREATED, { version: 1 })];
  for (let at = 1; at < count; at += 1) {
    const status = at % 2 === 0 ? "thinking" : "waiting";
    events.push({ ...agentStatus(2 + at * 2, status, { task: `task ${at}` }), version: at + 1 });
  }
  return events;
}

function folded(events: readonly Event[]): RunView | null {
  return events.reduce<RunView | null>(evolve, null);
}

describe("a recording", () => {
  const events = someRun(CHUNK_EVENTS * 3 + 50);
  const recording = extended(NOTHING_RECORDED, events);

  it("gives back its events, by place and by position", () => {
    expect(recording.count).toBe(events.length);
    expect(allEvents(recording)).toEqual(events);
    for (const at of [0, 1, CHUNK_EVENTS - 1, CHUNK_EVENTS, events.length - 1]) {
      expect(eventAt(recording, at)).toBe(events[at]);
      expect(indexOf(recording, events[at]?.position ?? 0)).toBe(at);
    }
    expect(indexOf(recording, 7)).toBe(2);
    expect(indexOf(recording, 0)).toBe(0);
    expect(indexOf(recording, 1e9)).toBe(events.length - 1);
    expect(eventAt(recording, events.length)).toBeUndefined();
    expect(indexOf(NOTHING_RECORDED, 1)).toBe(-1);
  });

  it("gives the run as it was at each of them, as folding all that came before does", () => {
    for (const at of [0, 1, 57, CHUNK_EVENTS - 1, CHUNK_EVENTS, CHUNK_EVENTS * 2 + 1, events.length - 1]) {
      expect(viewAt(recording, at)).toEqual(folded(events.slice(0, at + 1)));
    }
    expect(recording.head).toEqual(folded(events));
  });

  it("is the same however the events came: at once, in pages, or one by one and twice", () => {
    let pages = NOTHING_RECORDED;
    for (let at = 0; at < events.length; at += 77) pages = extended(pages, events.slice(at, at + 77));
    expect(pages).toEqual(recording);
    const twice = events.reduce((held, one) => extended(extended(held, [one]), [one]), NOTHING_RECORDED);
    expect(twice).toEqual(recording);
    expect(extended(recording, events)).toBe(recording);
  });

  it("lets the oldest go beyond its bound, says how many, and still knows every state that is left", () => {
    const many = someRun(EVENTS_KEPT + 1_234);
    const bounded = extended(NOTHING_RECORDED, many);
    expect(bounded.count).toBeLessThanOrEqual(EVENTS_KEPT);
    expect(bounded.count).toBeGreaterThan(EVENTS_KEPT - CHUNK_EVENTS);
    expect(bounded.left + bounded.count).toBe(many.length);
    expect(viewAt(bounded, 3)).toEqual(folded(many.slice(0, bounded.left + 4)));
    expect(bounded.lanes.lanes[1]?.states.length).toBeGreaterThan(0);
  }, 60_000);

  it("is bounded by its texts too", () => {
    const large = "x".repeat(CHARACTERS_KEPT / 6);
    const notes = Array.from({ length: CHUNK_EVENTS * 2 }, (_, at) =>
      event(at + 3, "note", { by: "ada" }, { content: at % 25 === 0 ? large : "small", version: at + 2 }),
    );
    const bounded = extended(extended(NOTHING_RECORDED, someRun(1)), notes);
    expect(bounded.left).toBe(CHUNK_EVENTS);
    expect(bounded.head?.notes).toHaveLength(200);
  });

  it("notices that something is missing by the versions, which pieces of text do not have", () => {
    const held = extended(NOTHING_RECORDED, someRun(3));
    const next = (version: number) => ({ ...agentStatus(90 + version, "thinking"), version });
    expect(continues(held, [delta(20, 0, "a"), next(4), delta(95, 1, "b"), next(5)])).toBe(true);
    expect(continues(held, [next(5)])).toBe(false);
    expect(continues(held, [next(4), next(6)])).toBe(false);
  });

  it("shows nothing where a run's beginning is missing, and passes over what it does not understand", () => {
    const strange = event(4, "weather", { sky: "blue" }, { version: 2 });
    expect(viewAt(extended(NOTHING_RECORDED, [strange]), 0)).toBeNull();
    const held = extended(NOTHING_RECORDED, [...someRun(1), strange]);
    expect(eventAt(held, 1)?.metadata).toEqual({ sky: "blue" });
    expect(viewAt(held, 1)?.status).toBe(viewAt(held, 0)?.status);
  });
});
