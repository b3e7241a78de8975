import { beforeEach, describe, expect, it } from "vitest";
import { FakeWorld, welcomeFrame } from "@/test/fake-world";
import type { CommandFrame } from "./commands";
import { Connection, type Link, type Sink } from "./connection";

class Heard implements Sink {
  links: Link[] = [];
  onTheirWay: string[] = [];
  doubts = 0;
  link(link: Link) {
    this.links.push(link);
  }
  welcome() {}
  snapshot() {}
  events() {}
  refused() {}
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

// What every client does is in `wire/scenarios`; here is what the page has beside it.
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

describe("opening", () => {
  it("shows connecting, then connected once welcome has come", () => {
    connection.start();
    world.socket.accept();
    expect(heard.status).toBe("connecting");
    world.socket.say(welcomeFrame());
    expect(heard.status).toBe("connected");
  });

  it("starts once, however often it is told to", () => {
    connection.start();
    connection.start();
    expect(world.sockets).toHaveLength(1);
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

describe("a page that nobody sees", () => {
  it("says that it lives when it hears the server, however late its timers are", () => {
    connected("runs");
    world.pass(1_000);
    world.time += 9_999;
    world.socket.say({ type: "heartbeat", position: 100 });
    expect(world.socket.of("heartbeat")).toEqual([]);
    world.time += 1;
    world.socket.say({ type: "heartbeat", position: 100 });
    expect(world.socket.of("heartbeat")).toHaveLength(1);
  });
});

describe("reconnecting", () => {
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

  it.each([4005, 4501])(
    "says that who this is has to be asked after close code %i, and only then",
    (code) => {
      connected("runs");
      world.socket.drop();
      world.passToAttempt();
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
    expect(world.socket.of("hello")[0]).toMatchObject({ topics: ["runs"] });
  });
});
