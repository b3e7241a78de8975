import { describe, expect, it } from "vitest";
import { FakeShelf } from "@/test/fake-shelf";
import { FakeWorld, welcomeFrame } from "@/test/fake-world";
import { CREATED, event, rawEvent } from "@/test/sample";
import { keepViews } from "./keeping";
import { KeptViews } from "./kept";
import { evolve } from "./reduce";
import { Live } from "./store";
import { readRunView } from "./views";

const VIEW = evolve(null, event(1, "run_status", CREATED));
const settled = () => new Promise((done) => setTimeout(done));

/** A page that follows the run r1, whose snapshot has come. `rest` lets the time pass after which it is kept. */
function following() {
  const world = new FakeWorld();
  const live = new Live(world, (apply) => apply(), "tab");
  const shelf = new FakeShelf();
  let now = 1_000;
  const kept = new KeptViews(
    shelf,
    (view) => readRunView(view),
    () => now,
    () => "local",
  );
  let waiting: (() => void) | null = null;
  keepViews(live, kept, (_, run) => {
    waiting = run;
    return () => {
      waiting = null;
    };
  });
  const rest = async () => {
    waiting?.();
    await settled();
  };
  live.watch("run:r1");
  live.connection.start();
  const { socket } = world;
  socket.accept();
  socket.say(welcomeFrame({ position: 10, topics: ["run:r1"] }));
  socket.say({ type: "snapshot", topic: "run:r1", position: 10, data: VIEW });
  return { live, world, socket, shelf, kept, rest, later: (ms: number) => (now += ms) };
}

describe("a project that is followed", () => {
  it("is kept once it rests for a moment", async () => {
    const { kept, shelf, rest } = following();
    await settled();
    expect(await shelf.labels()).toEqual([]);
    await rest();
    expect((await kept.read("r1"))?.view).toEqual(VIEW);
  });

  it("is kept at once, as of then, when the connection is lost", async () => {
    const { kept, rest, socket, later } = following();
    await rest();
    later(60_000);
    socket.drop();
    await settled();
    expect((await kept.read("r1"))?.at).toBe(61_000);
  });

  it("goes once it is deleted", async () => {
    const { kept, rest, socket } = following();
    await rest();
    const deleted = rawEvent(11, "run_status", { status: "deleted" }, { version: 2 });
    socket.say({ type: "events", from: 10, to: 11, events: [deleted] });
    await rest();
    expect(await kept.read("r1")).toBeNull();
  });

  it("goes once the server refuses it", async () => {
    const { kept, rest, live } = following();
    await rest();
    const error = { code: "unknown_topic", message: "", action: "", retryable: false, reference: null };
    live.store.setState({ refused: { "run:r1": error } });
    await rest();
    expect(await kept.read("r1")).toBeNull();
  });
});
