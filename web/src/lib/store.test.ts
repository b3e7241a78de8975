import { describe, expect, it } from "vitest";
import { FakeWorld, welcomeFrame } from "@/test/fake-world";
import { CREATED, rawEvent } from "@/test/sample";
import { evolve } from "./reduce";
import { Live } from "./store";
import { readEvent } from "./wire";

function setUp() {
  const world = new FakeWorld();
  let pending: (() => void) | null = null;
  let applied = 0;
  const live = new Live(world, (apply) => (pending = apply), "tab");
  const draw = () => {
    const apply = pending;
    pending = null;
    if (apply !== null) applied += 1;
    apply?.();
  };
  live.store.subscribe(() => {});
  return { world, live, draw, drawn: () => applied };
}

const STATS = {
  jobs: {},
  events_per_second: 0,
  connections: 1,
  lag: { max: 0, p99: 0 },
  connected_share: null,
  delivery_ms: { p50: null, p95: null, p99: null },
  command_ms: {},
  rate_limits: {},
};
const VIEW = evolve(null, readEvent(rawEvent(1, "run_status", CREATED)));

function delta(position: number, offset: number, content: string) {
  const metadata = { step: "analyst", phase: "work", attempt: 1, message_id: "m", channel: "text", offset };
  return rawEvent(position, "agent_delta", metadata, { version: null, content });
}

function opened() {
  const all = setUp();
  const release = all.live.watch("run:r1");
  all.live.connection.start();
  const { socket } = all.world;
  socket.accept();
  socket.say({
    type: "welcome",
    client_id: "tab",
    epoch: "e",
    position: 10,
    topics: ["run:r1"],
    resumed: false,
    heartbeat_seconds: 10,
    server_time: new Date(5_000).toISOString(),
  });
  socket.say({ type: "snapshot", topic: "run:r1", position: 10, data: VIEW });
  const text = () => all.live.store.getState().views.r1?.steps[0]?.messages[0]?.text;
  return { ...all, socket, release, text };
}

describe("Live", () => {
  it("applies everything that arrived between two drawn frames at once, in order", () => {
    const { socket, draw, drawn, text } = opened();
    socket.say({ type: "events", from: 10, to: 11, events: [delta(11, 0, "one ")] });
    socket.say({ type: "events", from: 11, to: 12, events: [delta(12, 4, "two")] });
    expect(text()).toBeUndefined();
    draw();
    expect(drawn()).toBe(1);
    expect(text()).toBe("one two");
  });

  it("does not wait for a frame when much has arrived", () => {
    const { socket, text } = opened();
    const events = Array.from({ length: 5_001 }, (_, n) => delta(11 + n, n, "x"));
    socket.say({ type: "events", from: 10, to: 5_011, events });
    expect(text()).toHaveLength(5_001);
  });

  it("starts afresh where text is missing", () => {
    const { world, socket, draw } = opened();
    socket.say({ type: "events", from: 10, to: 12, events: [delta(11, 0, "one"), delta(12, 9, "late")] });
    draw();
    expect(socket.closed).toBe(true);
    world.passToAttempt();
    world.socket.accept();
    expect(world.socket.of("hello")[0]).not.toHaveProperty("resume");
  });

  it("holds the lists of jobs and workers, live figures and the log while they are followed", () => {
    const { world, live, draw } = setUp();
    const topics = ["jobs", "workers", "connections", "stats", "log"];
    const releases = topics.map((topic) => live.watch(topic));
    live.connection.start();
    const { socket } = world;
    socket.accept();
    socket.say(welcomeFrame({ position: 10, topics }));
    const data = { jobs: [], workers: [], connections: [] };
    for (const topic of topics.filter((one) => one !== "stats"))
      socket.say({ type: "snapshot", topic, position: 10, data });
    socket.say({ type: "snapshot", topic: "stats", position: 10, data: STATS });
    draw();
    const job = { job_id: "j", step: "analyst", phase: "work", attempt: 1, status: "queued" };
    const worker = { worker_id: "w", status: "registered", host: "here", concurrency: 2 };
    const arrived = [
      rawEvent(11, "job_status", job),
      rawEvent(12, "worker_status", worker, { run_id: null }),
    ];
    socket.say({ type: "events", from: 10, to: 12, events: arrived });
    socket.say({ type: "snapshot", topic: "stats", position: 12, data: { ...STATS, connections: 3 } });
    draw();
    const state = live.store.getState();
    expect(state.jobs).toMatchObject([{ job_id: "j", status: "queued" }]);
    expect(state.workers).toMatchObject([{ worker_id: "w" }]);
    expect(state.connections).toEqual([]);
    expect(state.stats?.connections).toBe(3);
    expect(state.log?.map((event) => event.position)).toEqual([11, 12]);

    for (const release of releases) release();
    world.pass(5_000);
    socket.say({
      type: "events",
      from: 12,
      to: 13,
      events: [rawEvent(13, "job_status", { ...job, job_id: "k" })],
    });
    draw();
    expect(live.store.getState().jobs).toBe(state.jobs);
    expect(live.store.getState().log).toBe(state.log);
  });

  it("holds the newest thousand events of the log", () => {
    const { world, live, draw } = setUp();
    live.watch("log", { types: ["note"] });
    live.connection.start();
    world.socket.welcome(10);
    const events = Array.from({ length: 1_200 }, (_, n) => rawEvent(11 + n, "note", { by: "x" }));
    world.socket.say({ type: "events", from: 10, to: 1_210, events });
    draw();
    const { log } = live.store.getState();
    expect([log?.length, log?.at(-1)?.position]).toEqual([1_000, 1_210]);
    expect(world.socket.of("subscribe")).toMatchObject([{ filter: { types: ["note"] } }]);
  });

  it("starts afresh at a snapshot that cannot be read, and keeps what it had", () => {
    const { socket, draw, live } = opened();
    draw();
    socket.say({ type: "resync", reason: "behind", topics: ["run:r1"], position: 99 });
    socket.say({ type: "snapshot", topic: "run:r1", position: 99, data: { run_id: "r1" } });
    draw();
    expect(socket.closed).toBe(true);
    expect(live.store.getState().views.r1?.title).toBe("Tip calculator");
  });

  it("lets go of a topic a little after nobody watches it", () => {
    const { world, socket, release, live } = opened();
    release();
    release();
    const again = live.watch("run:r1");
    world.pass(5_000);
    expect(socket.of("unsubscribe")).toEqual([]);
    again();
    world.pass(5_000);
    expect(socket.of("unsubscribe")).toHaveLength(1);
  });

  it("knows what the server's clock is ahead", () => {
    const { live } = opened();
    expect(live.store.getState().clockAheadMs).toBe(5_000);
  });

  it("holds a bounded number of views", () => {
    const { world, live, draw } = setUp();
    const ids = Array.from({ length: 12 }, (_, n) => `r${n}`);
    for (const id of ids) live.watch(`run:${id}`);
    live.connection.start();
    const { socket } = world;
    socket.accept();
    const topics = ids.map((id) => `run:${id}`);
    socket.say({
      type: "welcome",
      client_id: "c",
      epoch: "e",
      position: 1,
      topics,
      resumed: false,
      heartbeat_seconds: 10,
    });
    for (const topic of topics)
      socket.say({ type: "snapshot", topic, position: 1, data: { ...VIEW, run_id: topic } });
    draw();
    expect(Object.keys(live.store.getState().views)).toHaveLength(8);
  });
});
