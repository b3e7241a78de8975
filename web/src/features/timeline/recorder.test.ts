import { describe, expect, it } from "vitest";
import type { Arrival } from "@/lib/batch";
import { RequestFailed } from "@/lib/http";
import type { Event, EventsPage } from "@/lib/wire";
import { agentStatus, CREATED, delta, event } from "@/test/sample";
import { Recorder } from "./recorder";

const created = event(1, "run_status", CREATED);
const someRun = (count: number) => [
  created,
  ...Array.from({ length: count - 1 }, (_, at) => agentStatus(at + 2, "thinking")),
];

/** A log that can be read in pages of three, and a stream. */
class Server {
  events: Event[] = [];
  epoch = "e1";
  readonly asked: number[] = [];
  failure: RequestFailed | null = null;
  /** Where set, the next pages wait for it. */
  gate: Promise<void> = Promise.resolve();
  #hears: ((arrival: Arrival) => void)[] = [];

  readonly page = async (after: number): Promise<EventsPage> => {
    this.asked.push(after);
    await this.gate;
    if (this.failure !== null) throw this.failure;
    const events = this.events.filter(({ position }) => position > after).slice(0, 3);
    return { epoch: this.epoch, events, next: events.length === 3 ? (events[2]?.position ?? null) : null };
  };

  readonly listen = (hear: (arrival: Arrival) => void) => {
    this.#hears.push(hear);
    return () => {
      this.#hears = this.#hears.filter((one) => one !== hear);
    };
  };

  readonly soon = (apply: () => void) => apply();

  get listeners(): number {
    return this.#hears.length;
  }

  /** Committed, and told. */
  tells(...events: readonly Event[]): void {
    this.events.push(...events);
    this.streams(...events);
  }

  streams(...events: readonly Event[]): void {
    for (const hear of this.#hears) hear({ type: "events", events });
  }

  snapshot(): void {
    for (const hear of this.#hears) hear({ type: "snapshot", topic: "run:r1", data: {} });
  }
}

function settled(): Promise<void> {
  return new Promise((done) => setTimeout(done));
}

async function begun(server: Server) {
  const recorder = new Recorder("r1", server);
  const stop = recorder.start();
  await settled();
  const state = () => recorder.store.getState();
  const positions = () =>
    state().recording.chunks.flatMap((chunk) => chunk.events.map(({ position }) => position));
  return { recorder, stop, state, positions };
}

describe("a recorder", () => {
  it("reads all pages, and follows then without asking again", async () => {
    const server = new Server();
    server.events = someRun(7);
    const { state, positions } = await begun(server);
    expect(server.asked).toEqual([0, 3, 6]);
    expect(state().phase).toBe("following");
    server.tells(agentStatus(8, "waiting"), delta(9, 0, "a"));
    expect(positions()).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(server.asked).toHaveLength(3);
  });

  it("keeps what arrives while it reads until it is its turn, and takes nothing twice", async () => {
    const server = new Server();
    server.events = someRun(4);
    let open = () => {};
    server.gate = new Promise((done) => {
      open = done;
    });
    const { positions, state } = await begun(server);
    server.tells(agentStatus(5, "thinking"), agentStatus(6, "thinking"));
    expect(positions()).toEqual([]);
    open();
    await settled();
    expect(positions()).toEqual([1, 2, 3, 4, 5, 6]);
    expect(state().phase).toBe("following");
  });

  it("reads what is missing between what it has and what arrives", async () => {
    const server = new Server();
    server.events = someRun(2);
    const { positions } = await begun(server);
    server.events.push(agentStatus(3, "thinking"), delta(4, 0, "a"));
    server.tells({ ...agentStatus(5, "waiting"), version: 4 });
    await settled();
    expect(positions()).toEqual([1, 2, 3, 4, 5]);
  });

  it("reads again after a snapshot what came live before it, and never shows less meanwhile", async () => {
    const server = new Server();
    server.events = someRun(2);
    const { positions, recorder } = await begun(server);
    // The piece of text between them was not told.
    server.events.push(delta(3, 0, "a"));
    server.tells({ ...agentStatus(4, "waiting"), version: 3 });
    expect(positions()).toEqual([1, 2, 4]);
    const least: number[] = [];
    recorder.store.subscribe(({ recording }) => least.push(recording.position));
    server.snapshot();
    await settled();
    expect(positions()).toEqual([1, 2, 3, 4]);
    expect(Math.min(...least)).toBe(4);
  });

  it("reads once more where a snapshot comes while it reads", async () => {
    const server = new Server();
    server.events = someRun(2);
    let open = () => {};
    server.gate = new Promise((done) => {
      open = done;
    });
    const { positions } = await begun(server);
    server.snapshot();
    open();
    await settled();
    expect(server.asked).toEqual([0, 2]);
    expect(positions()).toEqual([1, 2]);
  });

  it("passes over other runs", async () => {
    const server = new Server();
    server.events = someRun(2);
    const { positions } = await begun(server);
    server.streams(
      { ...agentStatus(3, "thinking"), run_id: "r2" },
      { ...created, position: 4, run_id: null },
    );
    expect(positions()).toEqual([1, 2]);
  });

  it("begins anew where the log is another one", async () => {
    const server = new Server();
    server.events = someRun(5);
    const { positions } = await begun(server);
    server.epoch = "e2";
    server.events = someRun(2);
    server.snapshot();
    await settled();
    expect(positions()).toEqual([1, 2]);
  });

  it("says why it failed, waits for another try, and goes on from where it was", async () => {
    const server = new Server();
    server.events = someRun(2);
    const problem = { code: "unreachable", message: "Away.", action: "", retryable: true, reference: null };
    server.failure = new RequestFailed(problem);
    const { recorder, state, positions } = await begun(server);
    expect(state()).toMatchObject({ phase: "failed", problem });
    server.streams(agentStatus(2, "thinking"));
    expect(positions()).toEqual([]);
    server.failure = null;
    recorder.again();
    await settled();
    expect(state()).toMatchObject({ phase: "following", problem: null });
    expect(positions()).toEqual([1, 2]);
    recorder.again();
    expect(server.asked).toHaveLength(2);
  });

  it("stops listening and reading, and can be started again", async () => {
    const server = new Server();
    server.events = someRun(2);
    const { recorder, stop, positions } = await begun(server);
    stop();
    expect(server.listeners).toBe(0);
    server.events.push(agentStatus(3, "thinking"));
    const again = recorder.start();
    await settled();
    expect(positions()).toEqual([1, 2, 3]);
    again();
  });
});
