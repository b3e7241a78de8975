import { describe, expect, it } from "vitest";
import type { RunSummary } from "@/lib/views";
import { overlaid } from "./overlaid";

function run(run_id: string, day: number, status: RunSummary["status"] = "running"): RunSummary {
  const created_at = `2026-11-${String(day).padStart(2, "0")}T00:00:00.000Z`;
  return {
    run_id,
    title: run_id,
    team: "software",
    owner: "local",
    status,
    outcome: null,
    created_at,
    updated_at: created_at,
    waiting: 0,
    progress: 0,
    steps: [],
  };
}

function ids(runs: readonly RunSummary[]): string {
  return runs.map((one) => `${one.run_id}:${one.status}`).join(" ");
}

describe("overlaid", () => {
  it("takes the stream's newer word on what was listed", () => {
    expect(ids(overlaid([run("a", 2), run("old", 1)], [run("a", 2, "completed")], false))).toBe(
      "a:completed old:running",
    );
  });

  it("puts new runs in front, but not into a filtered list", () => {
    const live = [run("b", 3), run("a", 2)];
    expect(ids(overlaid([run("a", 2)], live, false))).toBe("b:running a:running");
    expect(ids(overlaid([run("a", 2)], live, true))).toBe("a:running");
  });

  it("drops what was deleted meanwhile, and keeps what is too old for the stream", () => {
    const listed = [run("c", 4), run("b", 3), run("a", 2), run("old", 1)];
    expect(ids(overlaid(listed, [run("c", 4), run("a", 2)], false))).toBe("c:running a:running old:running");
    expect(ids(overlaid(listed, [], false))).toBe("");
  });

  it("is the list itself until the stream has spoken", () => {
    const listed = [run("a", 2)];
    expect(overlaid(listed, null, false)).toBe(listed);
  });
});
