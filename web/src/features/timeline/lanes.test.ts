import { describe, expect, it } from "vitest";
import { list, object, record, text } from "@/lib/read";
import { type Event, readEvent } from "@/lib/wire";
import { agentStatus, CREATED, delta, event, timeAt } from "@/test/sample";
import { BARS_KEPT, endOf, type Row, STATES } from "./bars";
import { evolveLanes, type Lane, type Lanes, NO_LANES, rowsOf, sharesEarlier, totalsOf } from "./lanes";

const SAMPLES = import.meta.glob<unknown>("../../../../wire/samples/*.json", {
  eager: true,
  import: "default",
});
const readSample = record({ name: text, events: list(readEvent), view: object });

const created = event(0, "run_status", CREATED);
const second = (at: number) => Date.parse(timeAt(at));

function lanesOf(...events: readonly Event[]): Lanes {
  return events.reduce(evolveLanes, NO_LANES);
}

function lane(lanes: Lanes, step: string | null = "analyst"): Lane {
  const found = lanes.lanes.find((one) => one.step === step);
  if (found === undefined) throw new Error("no such lane");
  return found;
}

/** `working 1-4`, in seconds of the sample's time; a bar that goes on has no end. */
function told(row: Row): readonly string[] {
  const from = second(0);
  const seconds = (at: number) => (at - from) / 1_000;
  return row.map(({ kind, start, end }) => `${kind} ${seconds(start)}-${end === null ? "" : seconds(end)}`);
}

function run(position: number, status: string): Event {
  return event(position, "run_status", { status });
}

function phase(position: number, status: string, more: object = {}): Event {
  return event(position, "phase_status", { step: "analyst", phase: "work", status, attempt: 1, ...more });
}

function tool(position: number, status: string, call_id = "c1"): Event {
  return event(position, "tool_call", { step: "analyst", call_id, name: "write_file", status, summary: "" });
}

function response(position: number, more: object = {}): Event {
  const metadata = {
    step: "analyst",
    phase: "work",
    attempt: 1,
    message_id: "m1",
    started_at: timeAt(2),
    thinking: "",
    finish: "complete",
    model: "demo",
    ...more,
  };
  return event(position, "agent_response", metadata);
}

/** What must hold of any chart, whatever it was made of. */
function expectSound({ lanes }: Lanes): void {
  for (const row of lanes.flatMap(({ states, phases }) => [states, phases])) {
    for (const [at, bar] of row.entries()) {
      const next = row[at + 1];
      expect(bar.end ?? bar.start).toBeGreaterThanOrEqual(bar.start);
      if (next === undefined) continue;
      expect(bar.end).not.toBeNull();
      expect(next.start).toBeGreaterThanOrEqual(bar.end ?? Number.NaN);
    }
  }
}

describe("the lanes of a run", () => {
  it("are one for the run and one for each step, in the order of the team", () => {
    expect(lanesOf(created).lanes.map(({ step }) => step)).toEqual([
      null,
      "analyst",
      "architect",
      "developer",
      "tester",
      "deployer",
    ]);
  });

  it("tell the queue, work, thinking and each kind of wait apart", () => {
    const lanes = lanesOf(
      created,
      agentStatus(1, "queued"),
      agentStatus(2, "started"),
      agentStatus(4, "thinking"),
      agentStatus(7, "waiting", { retry_at: timeAt(9) }),
      agentStatus(9, "thinking"),
      agentStatus(10, "retrying", { retry_at: timeAt(12) }),
      agentStatus(12, "thinking"),
      agentStatus(13, "waiting"),
      agentStatus(20, "queued"),
      agentStatus(21, "started"),
      agentStatus(25, "completed"),
    );
    expect(told(lane(lanes).states)).toEqual([
      "queued 1-2",
      "working 2-4",
      "thinking 4-7",
      "limit 7-9",
      "thinking 9-10",
      "retry 10-12",
      "thinking 12-13",
      "person 13-20",
      "queued 20-21",
      "working 21-25",
    ]);
    expect(totalsOf(lane(lanes), second(99))).toEqual({
      queued: 2_000,
      held: 0,
      working: 6_000,
      thinking: 5_000,
      limit: 2_000,
      person: 7_000,
      retry: 2_000,
    });
  });

  it("hold work that goes on as one bar, whatever is said about it, and each wait for itself", () => {
    const again = { retry_at: timeAt(9) };
    const lanes = lanesOf(
      created,
      agentStatus(1, "thinking", { task: "Reading" }),
      agentStatus(2, "thinking", { task: "Writing" }),
      agentStatus(3, "retrying", again),
      agentStatus(5, "retrying", again),
    );
    expect(told(lane(lanes).states)).toEqual(["thinking 1-3", "retry 3-5", "retry 5-"]);
  });

  it("end what goes on now, and count it until then", () => {
    const lanes = lanesOf(created, agentStatus(2, "started"));
    const [bar] = lane(lanes).states;
    expect(bar && endOf(bar, second(8))).toBe(second(8));
    expect(totalsOf(lane(lanes), second(8)).working).toBe(6_000);
    // A clock here that is behind the log's makes no bar end before it began.
    expect(totalsOf(lane(lanes), second(1)).working).toBe(0);
  });

  it("call what the queue has during a pause held, and not the queue's", () => {
    const lanes = lanesOf(
      created,
      run(1, "running"),
      agentStatus(1, "queued"),
      agentStatus(2, "started"),
      run(5, "paused"),
      agentStatus(5, "queued"),
      event(5, "agent_status", { step: "architect", status: "queued", attempt: 0 }),
      run(9, "running"),
      agentStatus(9, "queued"),
      agentStatus(10, "started"),
    );
    expect(told(lane(lanes).states)).toEqual([
      "queued 1-2",
      "working 2-5",
      "held 5-9",
      "queued 9-10",
      "working 10-",
    ]);
    expect(told(lane(lanes, "architect").states)).toEqual(["held 5-9", "queued 9-"]);
    expect(told(lane(lanes, null).states)).toEqual(["running 1-5", "held 5-9", "running 9-"]);
  });

  it("leave a person's wait a person's wait during a pause", () => {
    const lanes = lanesOf(
      created,
      run(1, "running"),
      agentStatus(2, "waiting"),
      run(4, "paused"),
      run(6, "running"),
    );
    expect(told(lane(lanes).states)).toEqual(["person 2-"]);
  });

  it("have a bar for each attempt at a phase, and say which was broken off", () => {
    const lanes = lanesOf(
      created,
      phase(1, "started"),
      phase(4, "pending", { attempt: 2, retry_at: timeAt(6) }),
      phase(6, "started", { attempt: 2 }),
      phase(8, "error", { attempt: 2 }),
    );
    expect(told(lane(lanes).phases)).toEqual(["phase 1-4", "phase 6-8"]);
    expect(lane(lanes).phases.map(({ attempt, bad }) => [attempt, bad])).toEqual([
      [1, false],
      [2, true],
    ]);
  });

  it("begin a message with its first piece, change nothing with the next ones, and end it with the whole", () => {
    const before = lanesOf(created, agentStatus(1, "started"), delta(3, 0, "He"));
    const after = evolveLanes(before, delta(4, 2, "llo"));
    expect(after.lanes).toBe(before.lanes);
    const done = evolveLanes(after, response(6));
    expect(told(lane(done).messages)).toEqual(["message 3-6"]);
    expect(lane(done).messages[0]).toMatchObject({ name: "demo", bad: false });
  });

  it("know a message whose pieces are deleted by what its end says of its beginning", () => {
    const lanes = lanesOf(created, response(6), response(9, { message_id: "m2", started_at: "long ago" }));
    expect(told(lane(lanes).messages)).toEqual(["message 2-6", "message 9-9"]);
  });

  it("join a tool call's beginning and end, also of two at a time", () => {
    const lanes = lanesOf(
      created,
      agentStatus(1, "started"),
      tool(2, "started"),
      tool(3, "started", "c2"),
      tool(4, "error"),
      tool(6, "completed", "c2"),
    );
    expect(told(lane(lanes).tools)).toEqual(["tool 2-4", "tool 3-6"]);
    expect(lane(lanes).tools.map(({ bad }) => bad)).toEqual([true, false]);
  });

  it("leave nothing open in a step that has ended, or in a run that has", () => {
    const begun = [
      created,
      run(1, "running"),
      agentStatus(1, "started"),
      phase(1, "started"),
      delta(2, 0, "a"),
    ];
    for (const end of [agentStatus(5, "cancelled"), run(5, "deleted")]) {
      const rows = rowsOf(lane(lanesOf(...begun, tool(3, "started"), end)));
      expect(rows.flat().map(({ end: at }) => at)).toEqual(Array(4).fill(second(5)));
    }
  });

  it("stand still while the log's clock goes backwards", () => {
    const lanes = lanesOf(
      created,
      agentStatus(5, "queued"),
      agentStatus(9, "started"),
      event(
        10,
        "agent_status",
        { step: "analyst", status: "thinking", attempt: 1 },
        { timestamp: timeAt(3) },
      ),
      event(
        11,
        "agent_status",
        { step: "analyst", status: "completed", attempt: 1 },
        { timestamp: timeAt(12) },
      ),
      event(
        12,
        "agent_status",
        { step: "architect", status: "started", attempt: 1 },
        { timestamp: "yesterday" },
      ),
    );
    expect(told(lane(lanes).states)).toEqual(["queued 5-9", "working 9-9", "thinking 9-12"]);
    expect(told(lane(lanes, "architect").states)).toEqual(["working 12-"]);
    expectSound(lanes);
  });

  it("take no notice of what they do not know: types, steps, shapes", () => {
    const before = lanesOf(created, agentStatus(1, "started"));
    const strange = [
      event(2, "weather", { step: "analyst" }),
      event(3, "agent_status", { step: "nobody", status: "started", attempt: 1 }),
      event(4, "agent_status", { step: "analyst", status: "dreaming", attempt: 1 }),
    ];
    expect(strange.reduce(evolveLanes, before).lanes).toBe(before.lanes);
    expect(lanesOf(agentStatus(1, "started")).lanes).toEqual([]);
  });

  it("say what is shared with an earlier run, which began before this one did", () => {
    const begun = event(1, "run_status", CREATED, { timestamp: timeAt(60) });
    const shared = [
      event(2, "agent_status", { step: "analyst", status: "started", attempt: 1 }, { timestamp: timeAt(10) }),
      event(
        3,
        "phase_status",
        {
          step: "analyst",
          phase: "work",
          status: "completed",
          attempt: 1,
          result: { started_at: timeAt(11) },
        },
        { timestamp: timeAt(15) },
      ),
      event(
        4,
        "agent_status",
        { step: "analyst", status: "completed", attempt: 1 },
        { timestamp: timeAt(15) },
      ),
    ];
    const lanes = lanesOf(begun, ...shared);
    expect(told(lane(lanes).states)).toEqual(["working 10-15"]);
    expect(told(lane(lanes).phases)).toEqual(["phase 11-15"]);
    expect(sharesEarlier(lanes)).toBe(true);
    expect(sharesEarlier(lanesOf(created, agentStatus(1, "started")))).toBe(false);
  });

  it("keep so many bars of a row, the newest", () => {
    let lanes = lanesOf(created);
    for (let at = 1; at <= BARS_KEPT + 5; at += 1)
      lanes = evolveLanes(lanes, tool(at, "completed", `c${at}`));
    expect(lane(lanes).tools).toHaveLength(BARS_KEPT);
    expect(lane(lanes).tools.at(-1)?.id).toBe(`tool-c${BARS_KEPT + 5}`);
  });
});

describe("the lanes of every run that the server writes down as a sample", () => {
  it.each(Object.entries(SAMPLES))("%s are sound", (_, value) => {
    const { events } = readSample(value);
    const lanes = events.reduce(evolveLanes, NO_LANES);
    expectSound(lanes);
    for (const one of lanes.lanes) {
      const totals = totalsOf(one, lanes.last);
      const sum = STATES.reduce((all, kind) => all + totals[kind], 0);
      const first = one.states[0]?.start ?? lanes.last;
      expect(sum).toBeLessThanOrEqual(Math.max(0, lanes.last - first));
      if (lanes.over)
        expect(
          rowsOf(one)
            .flat()
            .every(({ end }) => end !== null),
        ).toBe(true);
    }
  });
});

describe("the lanes of any order of events", () => {
  const STATUSES = ["pending", "queued", "started", "thinking", "waiting", "retrying", "completed", "error"];

  /** A generator of the same numbers each time. */
  function numbers(seed: number): (below: number) => number {
    let state = seed;
    return (below) => {
      state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
      return Math.floor((state / 2_147_483_648) * below);
    };
  }

  function anyEvent(position: number, pick: (below: number) => number): Event {
    const timestamp = timeAt(position + pick(20) - 10);
    const retry_at = pick(2) === 0 ? timestamp : null;
    const status = STATUSES[pick(STATUSES.length)];
    switch (pick(4)) {
      case 0:
        return event(position, "run_status", { status: pick(2) === 0 ? "paused" : "running" }, { timestamp });
      case 1:
        return event(
          position,
          "phase_status",
          { step: "analyst", phase: "work", status: pick(2) === 0 ? "started" : "completed", attempt: 1 },
          { timestamp },
        );
      default:
        return event(
          position,
          "agent_status",
          { step: "analyst", status, attempt: 1, retry_at },
          { timestamp },
        );
    }
  }

  it.each([1, 2, 3, 4, 5, 6, 7, 8])("are sound (%i)", (seed) => {
    const pick = numbers(seed);
    let lanes = lanesOf(created);
    for (let position = 1; position <= 400; position += 1) {
      lanes = evolveLanes(lanes, anyEvent(position, pick));
    }
    expect(lane(lanes).states.length).toBeGreaterThan(20);
    expectSound(lanes);
    // Without gaps but where the step was idle, the sums are what lies between.
    const covered = lane(lanes).states.reduce((sum, bar) => sum + endOf(bar, lanes.last) - bar.start, 0);
    const totals = totalsOf(lane(lanes), lanes.last);
    expect(STATES.reduce((sum, kind) => sum + totals[kind], 0)).toBe(covered);
  });
});
