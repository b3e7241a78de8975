import { beforeEach, describe, expect, it } from "vitest";
import { FakeWorld, welcomeFrame } from "@/test/fake-world";
import { rawEvent } from "@/test/sample";
import type { CommandFrame } from "./commands";
import { Connection, type Link, type Sink } from "./connection";
import type { Event } from "./wire";

class Heard implements Sink {
  links: Link[] = [];
  events_: Event[] = [];
  snapshots: string[] = [];
  refusals: string[] = [];
  onTheirWay: string[] = [];
  doubts = 0;
  link(link: Link) {
    this.links.push(link);
  }
  welcome() {}
  snapshot(topic: string) {
    this.snapshots.push(topic);
  }
  events(events: readonly Event[]) {
    this.events_.push(...events);
  }
  refused(topic: string) {
    this.refusals.push(topic);
  }
  sending(commands: readonly CommandFrame[]) {
    this.onTheirWay = commands.map((command) => command.id);
  }
  doubted() {
    this.doubts += 1;
  }
  get status() {
    return this.links.at(-1)?.status;
  }
}

let world: FakeWorld;
let heard: Heard;
let connection: Connection;

beforeEach(() => {
  world = new FakeWorld();
  heard = new Heard();
  connection = new Connection(world, heard, "tab");
});

function connected(...topics: string[]) {
  for (const topic of topics) connection.follow(topic);
  connection.start();
  world.socket.welcome();
}

function events(from: number, to: number, ...positions: number[]) {
  const list = positions.map((position) => rawEvent(position, "note", { by: "x" }));
  return { type: "events", from, to, events: list };
}

/** Lose the connection and come back after the wait. */
function reconnect(code = 1006) {
  world.socket.drop(code);
  world.passToAttempt();
  world.socket.accept();
}

function hello() {
  return world.socket.of("hello")[0];
}

describe("opening", () => {
  it("says hello first, with the topics and no resume", () => {
    connection.follow("runs");
    connection.start();
    expect(world.socket.sent).toEqual([]);
    world.socket.accept();
    expect(world.socket.sent).toEqual([{ type: "hello", client_id: "tab", topics: ["runs"] }]);
  });

  it("shows connecting, then connected once welcome has come", () => {
    connection.start();
    world.socket.accept();
    expect(heard.status).toBe("connecting");
    world.socket.say(welcomeFrame());
    expect(heard.status).toBe("connected");
  });

  it("gives up an attempt that is not welcomed within ten seconds", () => {
    connection.start();
    world.socket.accept();
    world.pass(10_000);
    expect(world.sockets[0]?.closed).toBe(true);
    expect(heard.status).toBe("lost");
  });

  it("starts once, however often it is told to", () => {
    connection.start();
    connection.start();
    expect(world.sockets).toHaveLength(1);
  });
});

describe("the cursor", () => {
  it("follows events frames and resumes from there with exactly the topics held", () => {
    connected("runs");
    world.socket.say(events(100, 130, 101, 130));
    expect(heard.events_.map((event) => event.position)).toEqual([101, 130]);
    reconnect();
    expect(hello()).toMatchObject({ topics: ["runs"], resume: { epoch: "e1", position: 130 } });
  });

  it("moves with a heartbeat", () => {
    connected("runs");
    world.socket.say({ type: "heartbeat", position: 900 });
    reconnect();
    expect(hello()?.resume).toEqual({ epoch: "e1", position: 900 });
  });

  it.each([
    ["a frame that does not start at the cursor", events(99, 105, 105)],
    ["a frame that starts behind the cursor", events(104, 105, 105)],
    ["an event outside of its frame", events(100, 105, 106)],
    ["events out of order", events(100, 105, 104, 103)],
    ["a doubled event", events(100, 105, 104, 104)],
    ["a heartbeat that goes back", { type: "heartbeat", position: 99 }],
    ["a second welcome", welcomeFrame()],
    ["what is not JSON", "{"],
    [
      "a resync because of another epoch",
      { type: "resync", reason: "epoch", topics: ["runs"], position: 200 },
    ],
  ])("starts afresh after %s", (_, frame) => {
    connected("runs");
    world.socket.say(frame);
    expect(world.sockets[0]?.closed).toBe(true);
    expect(heard.events_).toEqual([]);
    world.passToAttempt();
    world.socket.accept();
    expect(hello()).not.toHaveProperty("resume");
    expect(hello()?.topics).toEqual(["runs"]);
  });

  it("ignores a frame type that it does not know", () => {
    connected("runs");
    world.socket.say({ type: "weather" });
    expect(heard.status).toBe("connected");
  });

  it("starts afresh when it was lost in the middle of snapshots", () => {
    connection.follow("runs");
    connection.follow("run:r1");
    connection.start();
    world.socket.accept();
    world.socket.say(welcomeFrame({ topics: ["runs", "run:r1"] }));
    world.socket.say({ type: "snapshot", topic: "runs", position: 100, data: {} });
    reconnect();
    expect(hello()).not.toHaveProperty("resume");
  });

  it("takes events after a resync's snapshots, from their position", () => {
    connected("runs");
    world.socket.say({ type: "resync", reason: "behind", topics: ["runs"], position: 50_000 });
    world.socket.say({ type: "snapshot", topic: "runs", position: 50_000, data: {} });
    world.socket.say(events(50_000, 50_001, 50_001));
    expect(heard.events_.map((event) => event.position)).toEqual([50_001]);
    expect(heard.status).toBe("connected");
  });

  it("refuses a snapshot of another position than the one announced", () => {
    connected("runs");
    world.socket.say({ type: "resync", reason: "behind", topics: ["runs"], position: 200 });
    world.socket.say({ type: "snapshot", topic: "runs", position: 201, data: {} });
    expect(world.sockets[0]?.closed).toBe(true);
  });

  it("refuses a resumed welcome at another position than its own", () => {
    connected("runs");
    reconnect();
    world.socket.say(welcomeFrame({ resumed: true, position: 101, topics: ["runs"] }));
    expect(world.sockets[1]?.closed).toBe(true);
  });

  it("goes on where it was after a resumed welcome", () => {
    connected("runs");
    reconnect();
    world.socket.say(welcomeFrame({ resumed: true, position: 100, topics: ["runs"] }));
    world.socket.say(events(100, 101, 101));
    expect(heard.snapshots).toEqual(["runs"]);
    expect(heard.events_).toHaveLength(1);
  });

  it("resumes nothing after rights have changed", () => {
    connected("runs");
    reconnect(4005);
    expect(hello()).not.toHaveProperty("resume");
  });

  it.each([4005, 4501])(
    "says that who this is has to be asked after close code %i, and only then",
    (code) => {
      connected("runs");
      reconnect();
      world.socket.welcome();
      expect(heard.doubts).toBe(0);
      world.socket.drop(code);
      expect(heard.doubts).toBe(1);
    },
  );

  it("opens again after a sign-in", () => {
    connected("runs");
    world.socket.drop(4501);
    connection.start();
    world.socket.welcome();
    expect(heard.status).toBe("connected");
    expect(hello()).toMatchObject({ topics: ["runs"] });
  });
});

describe("topics", () => {
  it("are subscribed and unsubscribed live", () => {
    connected("runs");
    connection.follow("run:r1");
    expect(world.socket.of("subscribe")).toMatchObject([{ topics: ["run:r1"] }]);
    world.socket.say({ type: "subscribed", id: "x", topics: ["run:r1"], position: 120 });
    world.socket.say({ type: "snapshot", topic: "run:r1", position: 120, data: {} });
    world.socket.say(events(120, 121, 121));
    connection.unfollow("run:r1");
    expect(world.socket.of("unsubscribe")).toMatchObject([{ topics: ["run:r1"] }]);
    expect(heard.status).toBe("connected");
  });

  it("are asked for once", () => {
    connected();
    connection.follow("runs");
    connection.follow("runs");
    expect(world.socket.of("subscribe")).toHaveLength(1);
  });

  it("that were added while away are subscribed after a resumed welcome", () => {
    connected("runs");
    world.socket.drop();
    connection.follow("run:r1");
    connection.unfollow("runs");
    world.passToAttempt();
    world.socket.accept();
    expect(hello()).toMatchObject({ topics: ["runs"], resume: { position: 100 } });
    world.socket.say(welcomeFrame({ resumed: true, topics: ["runs"] }));
    expect(world.socket.of("subscribe")).toMatchObject([{ topics: ["run:r1"] }]);
    expect(world.socket.of("unsubscribe")).toMatchObject([{ topics: ["runs"] }]);
  });

  it("that are unfollowed while their snapshot is on its way are released when it came", () => {
    connected();
    connection.follow("run:r1");
    world.socket.say({ type: "subscribed", id: "x", topics: ["run:r1"], position: 120 });
    connection.unfollow("run:r1");
    world.socket.say({ type: "snapshot", topic: "run:r1", position: 120, data: {} });
    expect(world.socket.of("unsubscribe")).toMatchObject([{ topics: ["run:r1"] }]);
  });

  it("that the server refuses are told and not asked for again", () => {
    connected();
    connection.follow("run:nope");
    const error = { code: "unknown_topic", message: "No.", action: "", retryable: false };
    world.socket.say({ type: "error", id: "id-1", topic: "run:nope", error });
    expect(heard.refusals).toEqual(["run:nope"]);
    reconnect();
    expect(hello()?.topics).toEqual([]);
  });
});

describe("commands", () => {
  it("wait for the connection and are sent in order after welcome", async () => {
    const first = connection.command("start_run", { brief: "a" });
    void connection.command("add_note", { run_id: "r", content: "b" });
    connection.start();
    world.socket.welcome();
    expect(world.socket.of("command").map((frame) => frame.name)).toEqual(["start_run", "add_note"]);
    world.socket.say({ type: "reply", id: "id-1", ok: true, result: { run_id: "r9" }, position: 4 });
    await expect(first).resolves.toEqual({ ok: true, result: { run_id: "r9" } });
  });

  it("that were not answered are sent again with the same id", async () => {
    connected();
    const paused = connection.command("pause_run", { run_id: "r" });
    const id = world.socket.of("command")[0]?.id;
    reconnect();
    world.socket.say(welcomeFrame());
    expect(world.socket.of("command")).toMatchObject([{ id, name: "pause_run" }]);
    const error = { code: "run_ended", message: "Over.", action: "Start again.", retryable: false };
    world.socket.say({ type: "reply", id, ok: false, error });
    await expect(paused).resolves.toMatchObject({ ok: false, error: { code: "run_ended" } });
    reconnect();
    world.socket.say(welcomeFrame());
    expect(world.socket.of("command")).toEqual([]);
  });

  it("are bounded while there is no connection", async () => {
    for (let n = 0; n < 100; n++) void connection.command("pause_run", { run_id: `${n}` });
    await expect(connection.command("pause_run", { run_id: "x" })).resolves.toMatchObject({
      ok: false,
      error: { code: "queue_full" },
    });
    connection.start();
    world.socket.welcome();
    expect(world.socket.of("command")).toHaveLength(100);
  });

  it("that are too large for the server are refused here, in words", async () => {
    connected();
    const note = connection.command("add_note", { run_id: "r", content: "ü".repeat(128 * 1024) });
    await expect(note).resolves.toMatchObject({ ok: false, error: { code: "too_large" } });
    expect(world.socket.of("command")).toEqual([]);
    expect(heard.status).toBe("connected");
  });

  it("fail at once when the connection has stopped for good", async () => {
    connected();
    const before = connection.command("pause_run", { run_id: "r" });
    world.socket.drop(4503);
    await expect(before).resolves.toMatchObject({ ok: false });
    await expect(connection.command("pause_run", { run_id: "r" })).resolves.toMatchObject({ ok: false });
  });
});

describe("commands on their way", () => {
  it("are seen until their reply has come", async () => {
    const first = connection.command("pause_run", { run_id: "r" }, "c1");
    void connection.command("resume_run", { run_id: "r" }, "c2");
    expect(heard.onTheirWay).toEqual(["c1", "c2"]);
    connection.start();
    world.socket.welcome();
    world.socket.say({ type: "reply", id: "c1", ok: true, result: {}, position: 4 });
    expect(heard.onTheirWay).toEqual(["c2"]);
    await expect(first).resolves.toMatchObject({ ok: true });
  });

  it("keep their ids to themselves", async () => {
    void connection.command("pause_run", { run_id: "r" }, "c1");
    await expect(connection.command("cancel_run", { run_id: "r" }, "c1")).resolves.toMatchObject({
      ok: false,
      error: { code: "id_reused" },
    });
  });
});

describe("liveness", () => {
  it("acknowledges once a second, and only when the cursor moved", () => {
    connected("runs");
    world.socket.say(events(100, 101, 101));
    world.socket.say(events(101, 102, 102));
    expect(world.socket.of("ack")).toEqual([]);
    world.pass(1_000);
    expect(world.socket.of("ack")).toEqual([{ type: "ack", position: 102 }]);
    world.pass(3_000);
    expect(world.socket.of("ack")).toHaveLength(1);
  });

  it("sends a heartbeat after an interval of silence of its own", () => {
    connected("runs");
    world.pass(9_000);
    expect(world.socket.of("heartbeat")).toEqual([]);
    world.pass(2_000);
    expect(world.socket.of("heartbeat")).toHaveLength(1);
  });

  it("takes a connection for dead after two intervals without a frame", () => {
    connected("runs");
    world.pass(20_000);
    expect(heard.status).toBe("connected");
    world.pass(1_000);
    expect(heard.status).toBe("lost");
    expect(world.sockets[0]?.closed).toBe(true);
  });

  it("counts any frame as a sign of life", () => {
    connected("runs");
    world.pass(15_000);
    world.socket.say({ type: "weather" });
    world.pass(15_000);
    expect(heard.status).toBe("connected");
  });

  it("notices after a sleep that the connection is dead as soon as the page is seen", () => {
    connected("runs");
    world.time += 3_600_000;
    connection.wake();
    expect(heard.status).toBe("lost");
  });
});

describe("reconnecting", () => {
  it("waits longer each time, up to twenty seconds, and starts small again after ten good seconds", () => {
    world.chance = 0.999_999;
    connected();
    world.pass(10_000);
    const waits = [];
    for (let n = 0; n < 8; n++) {
      const before = world.time;
      world.socket.drop();
      const link = heard.links.at(-1);
      waits.push(Math.round((link?.status === "lost" ? (link.retryAt ?? 0) : 0) - before));
      world.passToAttempt();
    }
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 20_000, 20_000, 20_000]);
    world.socket.welcome();
    world.pass(10_000);
    const before = world.time;
    world.socket.drop();
    expect(heard.links.at(-1)).toEqual({ status: "lost", retryAt: expect.closeTo(before + 1_000, 0) });
  });

  it("never waits less than half a second", () => {
    world.chance = 0;
    connected();
    world.socket.drop();
    world.pass(499);
    expect(world.sockets).toHaveLength(1);
    world.pass(1);
    expect(world.sockets).toHaveLength(2);
  });

  it("tries at once when the browser is online again", () => {
    world.chance = 0.9;
    connected();
    world.socket.drop();
    connection.wake();
    expect(world.sockets).toHaveLength(2);
  });

  it("shows an error after ten failed attempts in a row, and goes on trying", () => {
    connection.start();
    for (let n = 0; n < 9; n++) {
      world.socket.drop();
      world.passToAttempt();
    }
    expect(heard.status).toBe("lost");
    world.socket.drop();
    expect(heard.status).toBe("error");
    world.passToAttempt();
    expect(world.sockets).toHaveLength(11);
    world.socket.welcome();
    expect(heard.status).toBe("connected");
  });

  it("comes back after a drain when the server said", () => {
    connected("runs");
    world.socket.say({ type: "drain", reconnect_after_ms: 1_500 });
    world.socket.drop(4000);
    world.pass(1_499);
    expect(world.sockets).toHaveLength(1);
    world.pass(1);
    world.socket.accept();
    expect(hello()?.resume).toEqual({ epoch: "e1", position: 100 });
  });

  it.each([4500, 4501, 4502, 4503, 4504])("stops at close code %i with a sentence", (code) => {
    connected();
    world.socket.drop(code);
    world.pass(600_000);
    connection.wake();
    expect(world.sockets).toHaveLength(1);
    expect(heard.links.at(-1)).toMatchObject({
      status: "error",
      retryAt: null,
      reason: expect.stringMatching(/\.$/),
    });
  });

  it.each([4000, 4001, 4002, 4003, 4004, 1006, 1012])("comes back after close code %i", (code) => {
    connected();
    world.socket.drop(code);
    world.passToAttempt();
    expect(world.sockets).toHaveLength(2);
  });
});
