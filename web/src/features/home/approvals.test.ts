import { describe, expect, it } from "vitest";
import { optionsOf, TEAM_DECIDES } from "./approvals";

describe("when to be asked", () => {
  it.each([
    [TEAM_DECIDES, {}],
    ["each", { options: { approvals: "each" } }],
    ["none", { options: { approvals: "none" } }],
    ["agent Analyst", { options: { approvals: ["Analyst"] } }],
  ])("%s is told to the server in its words", (choice, options) => {
    expect(optionsOf(choice)).toEqual(options);
  });
});
