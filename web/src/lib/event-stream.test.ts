// @vitest-environment node
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { begun, FakeStreams, named, settled, welcome } from "@/test/fake-streams";
import { FakeWorld } from "@/test/fake-world";
import { rawEvent } from "@/test/sample";
import { Connection, type Link, type Socket } from "./connection";
import { EventStream } from "./event-stream";

/** Time belongs to the test; the streams are real ones. */
class StreamWorld extends FakeWorld {
  readonly server = new FakeStreams();
  override open(): Socket {
    return new EventStream(this.server.fetch);
  }
}

let world: StreamWorld;
let connection: Connection;
let link: Link;
let told: string[];
let doubts: number;

beforeEach(() => {
  world = new StreamWorld();
  told = [];
  doubts = 0;
  connection = new Connection(
    world,
    {
      link: (next) => {
        link = next;
      },
      welcome: () => {},
      snapshot: (topic) => told.push(topic),
      events: (events) => told.push(...events.map((event) => String(event.position))),
      refused: (topic) => told.push(`no ${topic}`),
      sending: () => {},
      doubted: () => {
        doubts += 1;
      },
    },
    "tab",
  );
});

afterEach(() => world.server.ends().catch(() => {}));

async function connected(...topics: string[]) {
  for (const topic of topics) connection.follow(topic);
  connection.start();
  await settled();
  await world.server.says(begun(100, ...topics));
}

function event(position: number): string {
  return `id: e1:${position}\ndata: ${JSON.stringify(rawEvent(position, "note", { by: "x" }))}\n\n`;
}

function asked(at = -1) {
  const request = world.server.asked.at(at);
  const headers = new Headers(request?.how.headers);
  return {
    topics: new URL(request?.path ?? "", "http://x").searchParams.get("topics"),
    last: headers.get("last-event-id"),
  };
}

async function answer(status: number, body: object) {
  world.server.answers.push(new Response(JSON.stringify(body), { status }));
}

function filterAsked() {
  const parameters = new URL(world.server.asked.at(-1)?.path ?? "", "http://x").searchParams;
  return {
    types: parameters.getAll("types"),
    levels: parameters.getAll("levels"),
    agents: parameters.getAll("agents"),
  };
}

describe("an event stream", () => {
  it("asks for the log through the filter, and goes on from where it was with another one", async () => {
    await connected("log");
    connection.follow("log", { types: ["note", "error"], levels: [] });
    await settled();
    expect(asked()).toEqual({ topics: "log", last: "e1:100" });
    expect(filterAsked()).toEqual({ types: ["note", "error"], levels: [""], agents: [] });
    await world.server.says(welcome(100, ["log"], { resumed: true }), event(103));
    expect(told).toEqual(["log", "103"]);

    connection.follow("log", {});
    await settled();
    expect(asked()).toEqual({ topics: "log", last: "e1:103" });
    expect(filterAsked()).toEqual({ types: [], levels: [], agents: [] });
  });

  it("keeps a filter for when the log is followed", async () => {
    await connected("runs");
    const before = world.server.asked.length;
    connection.follow("runs", { agents: ["Tester, the second"] });
    await settled();
    expect(world.server.asked.length).toBe(before);
    connection.follow("log");
    await settled();
    expect(filterAsked().agents).toEqual(["Tester, the second"]);
  });

  it("brings the snapshots and then the events of its topics", async () => {
    await connected("runs", "run:r1");
    expect(link).toEqual({ status: "connected" });
    expect(asked()).toEqual({ topics: "runs,run:r1", last: null });
    await world.server.says(event(101), event(105));
    await world.server.says(event(106));
    expect(told).toEqual(["runs", "run:r1", "101", "105", "106"]);
  });

  it("is resumed after its last event", async () => {
    await connected("runs");
    await world.server.says(event(101));
    await world.server.ends();
    expect(link.status).toBe("lost");
    world.pass(500);
    await settled();
    expect(asked()).toEqual({ topics: "runs", last: "e1:101" });
    await world.server.says(welcome(101, ["runs"], { resumed: true }), "id: e1:101\n\n", event(102));
    expect(told).toEqual(["runs", "101", "102"]);
    expect(link.status).toBe("connected");
  });

  it("moves the cursor, and shows its life, with an id alone", async () => {
    await connected("runs");
    world.pass(15_000);
    await world.server.says("id: e1:140\n\n");
    world.pass(15_000);
    expect(link.status).toBe("connected");
    await world.server.ends();
    world.pass(500);
    await settled();
    expect(asked().last).toBe("e1:140");
  });

  it("is dead when it was silent for two intervals", async () => {
    await connected("runs");
    world.pass(21_000);
    expect(link.status).toBe("lost");
    expect(world.server.asked.at(-1)?.how.signal?.aborted).toBe(true);
  });

  it("gives way to another one when a topic is followed, and nothing is missing or repeated", async () => {
    await connected("runs");
    await world.server.says(event(101));
    connection.follow("run:r1");
    connection.follow("run:r2");
    await settled();
    expect(asked()).toEqual({ topics: "runs,run:r1,run:r2", last: null });
    await world.server.says(begun(120, "runs", "run:r1", "run:r2"), event(121));
    expect(told).toEqual(["runs", "101", "runs", "run:r1", "run:r2", "121"]);
    expect(link.status).toBe("connected");
  });

  it("goes on where it was when a topic is left", async () => {
    await connected("runs", "run:r1");
    await world.server.says(event(101));
    connection.unfollow("run:r1");
    await settled();
    expect(asked()).toEqual({ topics: "runs", last: "e1:101" });
    await world.server.says(welcome(101, ["runs"], { resumed: true }), "id: e1:101\n\n", event(102));
    expect(told.slice(2)).toEqual(["101", "102"]);
  });

  it("that was left in the middle of its snapshots begins anew", async () => {
    connection.follow("runs");
    connection.follow("run:r1");
    connection.start();
    await settled();
    const first = named("snapshot", { topic: "runs", position: 100, data: {} });
    await world.server.says(welcome(100, ["runs", "run:r1"]), first);
    connection.unfollow("runs");
    await settled();
    expect(asked()).toEqual({ topics: "run:r1", last: null });
    await world.server.says(begun(101, "run:r1"));
    expect(told).toEqual(["runs", "run:r1"]);
    expect(link.status).toBe("connected");
  });

  it("tells of a topic that there is not", async () => {
    await connected("runs");
    connection.follow("run:nobody");
    await settled();
    const error = { code: "unknown_topic", message: "No.", action: "", retryable: false, reference: null };
    await world.server.says(
      welcome(100, ["runs"]),
      named("error", { id: null, topic: "run:nobody", error }),
      named("snapshot", { topic: "runs", position: 100, data: {} }),
      "id: e1:100\n\n",
      event(101),
    );
    expect(told).toEqual(["runs", "no run:nobody", "runs", "101"]);
    expect(link.status).toBe("connected");
  });

  it("takes a resync", async () => {
    await connected("runs");
    const resync = named("resync", { reason: "behind", topics: ["runs"], position: 20_000 });
    const snapshot = named("snapshot", { topic: "runs", position: 20_000, data: {} });
    await world.server.says(resync, snapshot, "id: e1:20000\n\n", event(20_001));
    expect(told).toEqual(["runs", "runs", "20001"]);
  });

  it("comes back when a server that drains said", async () => {
    await connected("runs");
    await world.server.says("retry: 1500\n", named("drain", { reconnect_after_ms: 1_500 }));
    await world.server.ends();
    expect(link).toEqual({ status: "lost", retryAt: 1_500 });
  });

  it("starts afresh where another topic is asked of another log", async () => {
    await connected("runs");
    connection.follow("run:r1");
    await settled();
    await world.server.says(welcome(3, ["runs", "run:r1"], { epoch: "e2" }));
    expect(link.status).toBe("lost");
    world.pass(500);
    await settled();
    expect(asked().last).toBeNull();
  });

  it.each([
    [401, "not_signed_in", "error"],
    [403, "bad_origin", "error"],
    [503, "storage_unavailable", "lost"],
  ])("that is answered with %i %s leaves it at %s", async (status, code, shown) => {
    await answer(status, { code, message: "No.", action: "", retryable: false, reference: null });
    connection.follow("runs");
    connection.start();
    await settled();
    expect(link.status).toBe(shown);
  });

  it("ends with the sign-in, and has who this is asked for", async () => {
    await connected("runs");
    const error = { code: "not_signed_in", message: "No.", action: "", retryable: false, reference: null };
    await world.server.says(named("error", { id: null, topic: null, error }), event(101));
    expect(link.status).toBe("lost");
    expect(doubts).toBe(1);
    expect(told).toEqual(["runs"]);
  });

  it("is tried again where a proxy answers with a page of its own", async () => {
    world.server.answers.push(new Response("<h1>Bad gateway</h1>", { status: 502 }));
    connection.start();
    await settled();
    expect(link.status).toBe("lost");
  });

  it("asks to come back by another way without a failure", async () => {
    const stream = new EventStream(world.server.fetch);
    const codes: number[] = [];
    stream.onclose = ({ code }) => codes.push(code);
    stream.retire();
    stream.retire();
    expect(codes).toEqual([4000]);
  });
});

describe("commands beside an event stream", () => {
  const commands = [
    ["start_run", { brief: "b", team: "t" }, "POST", "/api/runs", { brief: "b", team: "t" }],
    ["fork_run", { run_id: "r", step: "s" }, "POST", "/api/runs/r/fork", { step: "s" }],
    ["follow_up_run", { run_id: "r", brief: "b" }, "POST", "/api/runs/r/follow-up", { brief: "b" }],
    ["delete_run", { run_id: "r/1" }, "DELETE", "/api/runs/r%2F1", null],
    ["pause_run", { run_id: "r" }, "POST", "/api/runs/r/pause", null],
    ["resume_run", { run_id: "r" }, "POST", "/api/runs/r/resume", null],
    ["cancel_run", { run_id: "r" }, "POST", "/api/runs/r/cancel", null],
    ["retry_step", { run_id: "r", step: "s" }, "POST", "/api/runs/r/steps/s/retry", null],
    ["skip_step", { run_id: "r", step: "s" }, "POST", "/api/runs/r/steps/s/skip", null],
    ["add_note", { run_id: "r", content: "c" }, "POST", "/api/runs/r/notes", { content: "c" }],
    [
      "answer_request",
      { run_id: "r", request_id: "q", decision: "respond", answer: "42" },
      "POST",
      "/api/runs/r/requests/q",
      { decision: "respond", answer: "42" },
    ],
  ] as const;

  it("end the connection where nobody is signed in any more, in the server's words", async () => {
    await connected("runs");
    await answer(401, {
      code: "not_signed_in",
      message: "Sign in.",
      action: "",
      retryable: false,
      reference: null,
    });
    const outcome = await connection.command("pause_run", { run_id: "r" });
    expect(outcome).toMatchObject({ ok: false, error: { message: "Sign in." } });
    expect(link.status).toBe("error");
    expect(doubts).toBe(1);
  });

  it.each(commands)("%s has its request", async (name, args, method, path, body) => {
    await connected("runs");
    await answer(200, { run_id: "r", position: 101 });
    const outcome = connection.command(name, args, "c1");
    await expect(outcome).resolves.toEqual({ ok: true, result: { run_id: "r" } });
    const { path: asked, how } = world.server.asked.at(-1) ?? {};
    expect([asked, how?.method]).toEqual([path, method]);
    expect(new Headers(how?.headers).get("idempotency-key")).toBe("c1");
    expect(how?.body === undefined ? null : JSON.parse(String(how.body))).toEqual(body);
  });

  it("are refused in the server's words", async () => {
    await connected("runs");
    await answer(409, { code: "run_ended", message: "Over.", action: "", retryable: false, reference: null });
    await expect(connection.command("pause_run", { run_id: "r" })).resolves.toMatchObject({
      ok: false,
      error: { code: "run_ended" },
    });
  });

  it("that were not answered are sent again under their ids", async () => {
    await connected("runs");
    world.server.answers.push(new TypeError("Failed to fetch"));
    const outcome = connection.command("pause_run", { run_id: "r" }, "c1");
    await settled();
    expect(link.status).toBe("lost");
    world.pass(500);
    await settled();
    await answer(200, { run_id: "r", position: 101 });
    await world.server.says(welcome(100, ["runs"], { resumed: true }));
    await expect(outcome).resolves.toMatchObject({ ok: true });
    const posts = world.server.asked.filter(({ how }) => how.method === "POST");
    expect(posts.map(({ how }) => new Headers(how.headers).get("idempotency-key"))).toEqual(["c1", "c1"]);
  });

  it("are done in the order in which they were given", async () => {
    await connected("runs");
    await answer(200, { run_id: "r", position: 101 });
    await answer(200, { run_id: "r", position: 102 });
    void connection.command("pause_run", { run_id: "r" });
    await connection.command("resume_run", { run_id: "r" });
    expect(world.server.asked.slice(-2).map(({ path }) => path)).toEqual([
      "/api/runs/r/pause",
      "/api/runs/r/resume",
    ]);
  });
});
