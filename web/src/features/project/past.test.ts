import { describe, expect, it } from "vitest";
import { evolve } from "@/lib/reduce";
import type { PastMessage, RunView } from "@/lib/views";
import { type Event, readEvent } from "@/lib/wire";
import { CREATED, rawEvent, timeAt } from "@/test/sample";
import { droppedBetween, duringOf, heldBy, sameBesideMessages, withEarlier, withLater } from "./past";

function said(position: number, step = "analyst"): Event {
  const metadata = {
    step,
    phase: "work",
    attempt: 1,
    message_id: `m${position}`,
    started_at: timeAt(position),
    thinking: "",
    finish: "complete",
    model: null,
    usage: null,
  };
  return readEvent(rawEvent(position, "agent_response", metadata, { content: `Message ${position}` }));
}

function note(position: number): Event {
  return readEvent(rawEvent(position, "note", { by: "local" }, { content: `Note ${position}` }));
}

function viewAfter(...events: readonly Event[]): RunView {
  const created = readEvent(rawEvent(1, "run_status", CREATED));
  return [created, ...events].reduce<RunView | null>(evolve, null) as RunView;
}

const message = (at: number): PastMessage => {
  const one = viewAfter(said(at)).steps[0]?.messages[0];
  if (one === undefined) throw new Error("nothing was said");
  return { ...one, step: "analyst" };
};

describe("what was earlier", () => {
  it("is what the view lets go of, in the order of its saying", () => {
    const all = Array.from({ length: 203 }, (_, at) => said(at + 2, at % 2 === 0 ? "analyst" : "tester"));
    const before = viewAfter(...all.slice(0, 200));
    const now = all.slice(200).reduce<RunView | null>(evolve, before) as RunView;
    expect(heldBy(now)).toHaveLength(200);
    expect(droppedBetween(before, now).map(({ message_id }) => message_id)).toEqual(["m2", "m3", "m4"]);
    expect(droppedBetween(now, now)).toEqual([]);
  });

  it("stands in pieces that stay as they are when more comes before them, or behind", () => {
    const some = withEarlier(
      [],
      Array.from({ length: 90 }, (_, at) => message(at + 300)),
    );
    expect(some.map(({ length }) => length)).toEqual([10, 40, 40]);
    const more = withEarlier(some, [message(299)]);
    expect(more.slice(1)).toEqual(some);
    expect(more[1]).toBe(some[0]);
    expect(withLater(more, [message(400)]).map(({ length }) => length)).toEqual([1, 10, 40, 40, 1]);
    expect(withLater([[message(1)]], [message(2)]).map(({ length }) => length)).toEqual([2]);
  });

  it("has what else happened then, and nothing twice", () => {
    const view = viewAfter(note(2), said(5), note(6), said(7), note(8));
    const parts = [
      duringOf(view, [message(3)], { from: null, to: timeAt(5) }),
      duringOf(view, null, { from: timeAt(5), to: null }),
    ];
    expect(parts.map(({ notes }) => notes.map(({ content }) => content))).toEqual([
      ["Note 2"],
      ["Note 6", "Note 8"],
    ]);
    expect(parts.map(({ steps }) => steps[0]?.messages.map(({ text }) => text))).toEqual([
      ["Message 3"],
      ["Message 5", "Message 7"],
    ]);
  });

  it("is not drawn again because somebody goes on speaking, but where something else is new", () => {
    const view = viewAfter(said(2));
    expect(sameBesideMessages(view, evolve(view, said(3)) as RunView)).toBe(true);
    expect(sameBesideMessages(view, evolve(view, note(3)) as RunView)).toBe(false);
  });
});
