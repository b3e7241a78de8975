import { describe, expect, it } from "vitest";
import { evolve } from "@/lib/reduce";
import type { RunView } from "@/lib/views";
import type { Event } from "@/lib/wire";
import { agentStatus, CREATED, delta, event } from "@/test/sample";
import { sectionsOf } from "./timeline";

function fold(...events: readonly Event[]): RunView {
  const view = [event(1, "run_status", CREATED), ...events].reduce<RunView | null>(evolve, null);
  if (view === null) throw new Error("no run");
  return view;
}

function outline(view: RunView) {
  return sectionsOf(view).map(
    ({ step, entries }) => `${step?.step ?? "-"}: ${entries.map((entry) => entry.type).join(" ")}`,
  );
}

function call(position: number, id: string, step = "analyst") {
  return event(position, "tool_call", {
    step,
    call_id: id,
    name: "write_file",
    status: "completed",
    summary: "Wrote a file",
  });
}

const note = (position: number) => event(position, "note", { by: "local" }, { content: "Use euros" });

describe("sectionsOf", () => {
  it("puts everything under its agent, in order", () => {
    const view = fold(
      agentStatus(2, "started"),
      delta(3, 0, "one"),
      call(4, "c1"),
      delta(5, 0, "two", { step: "architect", message_id: "m2" }),
    );
    expect(outline(view)).toEqual(["analyst: message tools", "architect: message"]);
  });

  it("joins calls that follow each other", () => {
    const view = fold(call(2, "c1"), call(3, "c2"), delta(4, 0, "x"), call(5, "c3"));
    expect(outline(view)).toEqual(["analyst: tools message tools"]);
  });

  it("puts failures of one cause on one card, and others on their own", () => {
    const failure = (position: number, step: string, code: string) =>
      event(position, "error", {
        code,
        severity: "error",
        retryable: true,
        action: "",
        reference: null,
        step,
      });
    const view = fold(
      failure(2, "analyst", "model_away"),
      failure(3, "architect", "model_away"),
      failure(4, "tester", "too_long"),
    );
    const cards = sectionsOf(view).flatMap(({ entries }) =>
      entries.map((entry) => (entry.type === "error" ? entry.errors.map(({ step }) => step) : [])),
    );
    expect(cards).toEqual([["analyst", "architect"], ["tester"]]);
  });

  it("keeps a note inside the section in which it came", () => {
    const view = fold(note(2), delta(3, 0, "x"), note(4), delta(5, 0, "y", { message_id: "m2" }));
    expect(outline(view)).toEqual(["-: note", "analyst: message note message"]);
  });

  it("says which attempt a message belongs to where that changes", () => {
    const again = delta(3, 0, "y", { message_id: "m2", attempt: 2 });
    const labels = sectionsOf(
      fold(delta(2, 0, "x"), again, delta(4, 0, "z", { message_id: "m3", attempt: 2 })),
    )
      .flatMap((section) => section.entries)
      .map((entry) => (entry.type === "message" ? entry.label : null));
    expect(labels).toEqual([null, "attempt 2", null]);
  });
});
