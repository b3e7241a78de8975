import { describe, expect, it } from "vitest";
import { CREATED, rawEvent } from "@/test/sample";
import { Unreadable } from "./read";
import { readRunView } from "./views";
import { FRAME_CHARACTERS, readEvent, readFrame } from "./wire";

function read(value: unknown) {
  return readFrame(JSON.stringify(value));
}

describe("readFrame", () => {
  it("reads a welcome and drops fields of a newer server", () => {
    const welcome = {
      type: "welcome",
      client_id: "c",
      epoch: "e",
      position: 812,
      topics: ["runs"],
      resumed: true,
      heartbeat_seconds: 10,
      server_time: "2026-11-20T09:30:00.123Z",
    };
    expect(read({ ...welcome, limits: { frame_bytes: 1 }, mood: "fine" })).toEqual(welcome);
  });

  it("gives null for a frame type of a newer server", () => {
    expect(read({ type: "weather", sky: "blue" })).toBeNull();
    expect(read({ type: "constructor" })).toBeNull();
    expect(read({ type: 7 })).toBeNull();
    expect(read({})).toBeNull();
  });

  it.each([
    ["no JSON", "{"],
    ["a list", "[]"],
    ["null", "null"],
    ["bytes", new ArrayBuffer(4)],
    ["nothing", undefined],
  ])("refuses %s", (_, data) => {
    expect(() => readFrame(data)).toThrow(Unreadable);
  });

  it.each([
    { type: "snapshot", topic: "runs", position: -1, data: {} },
    { type: "snapshot", topic: "runs", position: 1.5, data: {} },
    { type: "snapshot", topic: "runs", position: 1, data: [] },
    { type: "events", from: 1, to: 2, events: {} },
    { type: "events", from: 1, to: 2, events: [null] },
    { type: "events", from: "1", to: 2, events: [] },
    { type: "heartbeat", position: Number.MAX_SAFE_INTEGER * 2 },
    { type: "welcome" },
    { type: "error", error: "no" },
  ])("refuses a malformed frame: %j", (frame) => {
    expect(() => read(frame)).toThrow(Unreadable);
  });

  it("refuses a frame beyond all bounds", () => {
    expect(() => readFrame(" ".repeat(FRAME_CHARACTERS + 1))).toThrow(/too long/);
    expect(() => read({ type: "events", from: 0, to: 1, events: Array(20_001).fill(0) })).toThrow(/20000/);
  });

  it("is not fooled by fields of Object's prototype", () => {
    const frame = readFrame('{"type":"heartbeat","position":3,"__proto__":{"position":9}}');
    expect(frame).toEqual({ type: "heartbeat", position: 3 });
    expect(() => readFrame('{"type":"heartbeat","__proto__":{"position":9}}')).toThrow(Unreadable);
  });
});

describe("readEvent", () => {
  it("tells a run's creation from its later states", () => {
    expect(readEvent(rawEvent(1, "run_status", CREATED)).data.type).toBe("run_created");
    expect(readEvent(rawEvent(2, "run_status", { status: "running" })).data.type).toBe("run_status");
  });

  it.each([
    ["an unknown type", "dream", { depth: 3 }],
    ["an unknown word", "agent_status", { step: "analyst", status: "dreaming", attempt: 1 }],
    ["a missing field", "agent_status", { status: "started", attempt: 1 }],
    ["a wrong type", "agent_delta", { step: 1 }],
    ["no metadata", "note", null],
    ["a name of Object's prototype", "toString", {}],
  ])("keeps an event with %s as unknown, with its content", (_, type, metadata) => {
    const event = readEvent({ ...rawEvent(1, type, {}), metadata, content: "Something new" });
    expect(event.data).toEqual({ type: "unknown" });
    expect(event.content).toBe("Something new");
  });

  it("fills in what an older server left out", () => {
    const { data } = readEvent(rawEvent(1, "agent_status", { step: "a", status: "started", attempt: 1 }));
    expect(data).toMatchObject({ task: null, call_attempt: 1, progress: null, retry_at: null });
  });
});

describe("readRunView", () => {
  it("reads a state of a newer server as the nearest known one", () => {
    const view = {
      run_id: "r1",
      title: "t",
      brief: "b",
      team: "software",
      owner: "local",
      options: {},
      forked_from: null,
      status: "hibernating",
      outcome: null,
      created_at: "2026-11-20T09:30:00.000Z",
      updated_at: "2026-11-20T09:30:00.000Z",
      ended_at: null,
      version: 1,
      position: 1,
      steps: [],
      requests: [],
      artifacts: [],
      notes: [],
      errors: [],
      usage: { input_tokens: 0, output_tokens: 0, cost_usd: null },
    };
    expect(readRunView(view).status).toBe("running");
    expect(() => readRunView({ ...view, steps: null })).toThrow(Unreadable);
  });
});
