import { render } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import type { StepView } from "@/lib/views";
import { PhaseMarks } from "./phase-marks";

type Phase = StepView["phases"][number];

function phase(name: string, status: Phase["status"], attempt = 1): Phase {
  return { phase: name, status, attempt, progress: null, result: null };
}

function shown(...phases: readonly Phase[]) {
  return render(<PhaseMarks step={{ phases } as unknown as StepView} />).container.textContent;
}

describe("the phases of a step", () => {
  it("are not shown where there is one", () => {
    expect(shown(phase("work", "started"))).toBe("");
  });

  it("say which are done, and which another team's stand for one that failed", () => {
    expect(
      shown(phase("plan", "error"), phase("small/planner", "completed"), phase("work", "pending", 0)),
    ).toBe("✕ plan: failed✓ small/planner: done○ work: to come");
  });

  it("say which were taken back", () => {
    expect(shown(phase("research", "completed"), phase("plan", "started", 2), phase("work", "pending"))).toBe(
      "✓ research: done• plan: under way↺ work: taken back, to be done again",
    );
  });
});
