import { describe, expect, it } from "vitest";
import { agentStatus, CREATED, delta, event, timeAt } from "@/test/sample";
import { list, object, record, text } from "./read";
import { evolve, leavesGap } from "./reduce";
import { type RunView, readRunView } from "./views";
import { type Event, readEvent } from "./wire";

const SAMPLES = import.meta.glob<unknown>("../../../wire/samples/*.json", { eager: true, import: "default" });
const readSample = record({ name: text, events: list(readEvent), view: object });

function fold(events: readonly Event[]): RunView {
  const view = events.reduce<RunView | null>(evolve, null);
  if (view === null) throw new Error("no run was created");
  return view;
}

function message(view: RunView, at = 0) {
  return view.steps[0]?.messages[at];
}

const created = event(1, "run_status", CREATED);

describe("the golden samples", () => {
  it("are there", () => {
    expect(Object.keys(SAMPLES).length).toBeGreaterThan(0);
  });

  it.each(Object.entries(SAMPLES))("%s folds to the server's view", (_, value) => {
    const sample = readSample(value);
    // What the server leaves out of its JSON while it is empty is there here.
    const view = readRunView(sample.view);
    expect(sample.events.reduce<RunView | null>(evolve, null)).toEqual(view);
    expect(view).toMatchObject(sample.view as object);
  });
});

describe("evolve", () => {
  it("shows nothing before a run's creation", () => {
    expect(evolve(null, agentStatus(1, "started"))).toBeNull();
  });

  it("counts a delta's offset in code points", () => {
    const view = fold([created, delta(2, 0, "Ships 🚀"), delta(3, 7, " and 👩‍🚀"), delta(4, 15, "!")]);
    expect(message(view)?.text).toBe("Ships 🚀 and 👩‍🚀!");
  });

  it("cuts what is held where an offset is smaller, never through an emoji", () => {
    const view = fold([created, delta(2, 0, "a🚀b🚀c"), delta(3, 2, "X")]);
    expect(message(view)?.text).toBe("a🚀X");
  });

  it("leaves out what starts behind the text that is held, and says so", () => {
    const held = fold([created, delta(2, 0, "one 🚀")]);
    const behind = delta(3, 6, "three");
    expect(leavesGap(held, behind)).toBe(true);
    expect(leavesGap(held, delta(3, 5, "two"))).toBe(false);
    expect(message(fold([created, delta(2, 0, "one 🚀"), behind]))?.text).toBe("one 🚀");
  });

  it("counts a lone surrogate as one code point", () => {
    const view = fold([created, delta(2, 0, "a\ud83d"), delta(3, 2, "b")]);
    expect(message(view)?.text).toBe("a\ud83db");
  });

  it("takes the whole text of a response, and no delta after it", () => {
    const response = {
      step: "analyst",
      phase: "work",
      attempt: 1,
      message_id: "m1",
      started_at: timeAt(2),
      thinking: "hm",
      finish: "complete",
      usage: { input_tokens: 3, output_tokens: 4, cost_usd: null },
    };
    const view = fold([
      created,
      delta(2, 0, "half"),
      event(3, "agent_response", response, { content: "whole" }),
      delta(4, 5, "late"),
    ]);
    expect(message(view)).toMatchObject({ text: "whole", thinking: "hm", finish: "complete" });
    expect(view.usage).toEqual({ input_tokens: 3, output_tokens: 4, cost_usd: null });
    expect(view.position).toBe(4);
  });

  it("keeps messages in the order in which they started", () => {
    const second = delta(2, 0, "second", { message_id: "m2" });
    const first = {
      step: "analyst",
      phase: "work",
      attempt: 1,
      message_id: "m1",
      thinking: "",
      finish: "complete",
    };
    const view = fold([created, second, event(3, "agent_response", { ...first, started_at: timeAt(1) })]);
    expect(view.steps[0]?.messages.map((one) => one.message_id)).toEqual(["m1", "m2"]);
  });

  it("holds the newest 200 messages", () => {
    const deltas = Array.from({ length: 205 }, (_, n) => delta(n + 2, 0, "x", { message_id: `m${n}` }));
    const messages = fold([created, ...deltas]).steps[0]?.messages;
    expect(messages).toHaveLength(200);
    expect(messages?.[0]?.message_id).toBe("m5");
  });

  it("shows a run as waiting only while nobody is at work", () => {
    const request = { request_id: "q", kind: "question", status: "open", step: "analyst", prompt: "?" };
    const running = [created, event(2, "run_status", { status: "running" }), agentStatus(3, "started")];
    const asked = fold([...running, event(4, "request", request)]);
    expect(asked.status).toBe("running");
    const waiting = fold([...running, event(4, "request", request), agentStatus(5, "waiting")]);
    expect(waiting.status).toBe("waiting");
    const answer = event(6, "request", { ...request, status: "answered", decision: "respond", answer: "42" });
    expect(evolve(waiting, answer)?.status).toBe("running");
    const limited = agentStatus(5, "waiting", { retry_at: timeAt(90) });
    expect(fold([...running, event(4, "request", request), limited]).status).toBe("running");
  });

  it("sorts artifacts by path in code points and holds the latest version of each", () => {
    const artifact = (position: number, path: string, version: number) =>
      event(position, "artifact", {
        step: null,
        path,
        version,
        size: 1,
        media_type: "text/plain",
        sha256: "0",
        by: "Developer",
      });
    const view = fold([
      created,
      artifact(2, "\u{1F680}.md", 1),
      artifact(3, "\uff5e.md", 1),
      artifact(4, "a.md", 1),
      artifact(5, "a.md", 2),
    ]);
    expect(view.artifacts.map(({ path, version }) => `${path} ${version}`)).toEqual([
      "a.md 2",
      "\uff5e.md 1",
      "\u{1F680}.md 1",
    ]);
  });

  it("moves on at an event that it does not know, and changes nothing else", () => {
    const before = fold([created]);
    const after = evolve(before, event(2, "dream", {}, { version: 2 }));
    expect(after).toEqual({ ...before, position: 2, version: 2, updated_at: timeAt(2) });
  });

  it("keeps the identity of every part that an event does not concern", () => {
    const before = fold([created, delta(2, 0, "one")]);
    const after = evolve(before, delta(3, 3, " two"));
    expect(after?.steps[1]).toBe(before.steps[1]);
    expect(after?.artifacts).toBe(before.artifacts);
    expect(after?.steps[0]).not.toBe(before.steps[0]);
  });
});
