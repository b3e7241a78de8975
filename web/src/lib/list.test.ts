import { describe, expect, it } from "vitest";
import { agentStatus, CREATED, delta, event } from "@/test/sample";
import { evolveList } from "./list";
import type { RunSummary } from "./views";
import type { Event } from "./wire";

function fold(...events: Event[]): readonly RunSummary[] {
  return events.reduce<readonly RunSummary[]>(evolveList, []);
}

const created = event(1, "run_status", CREATED);

describe("evolveList", () => {
  it("puts a new run in front", () => {
    const other = event(2, "run_status", { ...CREATED, title: "Second" }, { run_id: "r2" });
    expect(fold(created, other).map((run) => run.title)).toEqual(["Second", "Tip calculator"]);
  });

  it("follows a run's state, steps and progress", () => {
    const runs = fold(created, event(2, "run_status", { status: "running" }), agentStatus(3, "completed"));
    expect(runs[0]).toMatchObject({ status: "running", progress: 0.2 });
    expect(runs[0]?.steps[0]?.status).toBe("completed");
  });

  it("counts open requests and shows who waits for a person", () => {
    const request = { request_id: "q", kind: "question", status: "open", step: "analyst", prompt: "?" };
    const running = [created, event(2, "run_status", { status: "running" }), agentStatus(3, "waiting")];
    expect(fold(...running, event(4, "request", request))[0]).toMatchObject({
      waiting: 1,
      status: "waiting",
    });
    const answered = event(5, "request", { ...request, status: "answered" });
    expect(fold(...running, event(4, "request", request), answered)[0]).toMatchObject({
      waiting: 0,
      status: "running",
    });
  });

  it("drops a deleted run", () => {
    expect(fold(created, event(2, "run_status", { status: "deleted" }))).toEqual([]);
  });

  it("stays the same list at events that concern no list", () => {
    const runs = fold(created);
    expect(evolveList(runs, delta(2, 0, "x"))).toBe(runs);
    expect(evolveList(runs, event(3, "run_status", { status: "running" }, { run_id: "unknown" }))).toBe(runs);
    expect(evolveList(runs, event(4, "worker_status", {}, { run_id: null }))).toBe(runs);
  });

  it("holds the newest 100 runs", () => {
    const many = Array.from({ length: 120 }, (_, n) =>
      event(n + 1, "run_status", CREATED, { run_id: `r${n}` }),
    );
    expect(fold(...many)).toHaveLength(100);
  });
});
