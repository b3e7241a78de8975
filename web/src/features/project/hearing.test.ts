import { describe, expect, it } from "vitest";
import type { StepState } from "@/lib/events";
import { addressed, listeners, whoWillHear } from "./hearing";

const step = (agent_name: string, status: StepState) => ({
  step: agent_name.toLowerCase(),
  agent_name,
  status,
});
const STEPS = [
  step("Analyst", "completed"),
  step("Developer", "thinking"),
  step("Developer Two", "pending"),
  step("Köchin", "pending"),
];

describe("addressed", () => {
  it.each([
    ["  Use euros ", null, "Use euros"],
    ["@Developer use euros", "developer", "use euros"],
    ["@developer: use euros", "developer", "use euros"],
    ["@köchin – less salt", "köchin", "less salt"],
    ["@Developers, all of you", null, "@Developers, all of you"],
    ["Ask @Developer", null, "Ask @Developer"],
    ["@Nobody here", null, "@Nobody here"],
    ["@Developer", "developer", ""],
  ])("reads %j", (typed, to, content) => {
    expect(addressed(typed, STEPS)).toEqual({ step: to, content });
  });

  it("takes the longest name that fits", () => {
    expect(addressed("@Developer Two, hurry", STEPS)).toEqual({ step: "developer two", content: "hurry" });
  });
});

describe("whoWillHear", () => {
  it("says it of the team and of one agent, before and after the end", () => {
    expect(whoWillHear({ step: null }, STEPS, false)).toBe("The team hears it at its next step");
    expect(whoWillHear({ step: "developer" }, STEPS, false)).toBe("Developer hears it at its next step");
    expect(whoWillHear({ step: "analyst" }, STEPS, false)).toBe("Analyst was done before this came");
    expect(whoWillHear({ step: null }, STEPS, true)).toBe("The project ended before anyone took this up");
  });
});

it("offers only those who still listen", () => {
  expect(listeners(STEPS).map((one) => one.agent_name)).toEqual(["Developer", "Developer Two", "Köchin"]);
});
