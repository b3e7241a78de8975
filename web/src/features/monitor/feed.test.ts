import { describe, expect, it } from "vitest";
import { agentStatus, event } from "@/test/sample";
import { words } from "@/words";
import { asked, EVERYTHING, isShown, levelOf } from "./feed";

const FAULT = { code: "rate_limited", severity: "error", retryable: true, action: "", step: null };
const fault = event(1, "error", FAULT, { agent_name: "Analyst" });
const warning = event(2, "error", { ...FAULT, severity: "warning" }, { agent_name: "Tester" });
const news = event(3, "system", { level: "info" }, { run_id: null });
const status = event(4, "agent_status", agentStatus(4, "started").data, { agent_name: "Analyst" });

describe("the feed", () => {
  it("asks for everything but the text as it is written, unless that is what is wanted", () => {
    const { types } = asked(EVERYTHING);
    expect(types).not.toContain("agent_delta");
    expect(types).toHaveLength(Object.keys(words.monitor.feed.types).length - 1);
    expect(asked({ ...EVERYTHING, type: "agent_delta" })).toEqual({ types: ["agent_delta"] });
  });

  it("asks the server for no more than is shown", () => {
    expect(asked({ type: "error", agent: "Analyst", level: "warning" })).toEqual({
      types: ["error"],
      agents: ["Analyst"],
      levels: ["warning", "error"],
    });
    expect(asked({ ...EVERYTHING, level: "error" })).toEqual({
      types: ["error", "system"],
      levels: ["error"],
    });
  });

  it("shows of what is held only what passes now", () => {
    const shown = (filter: Partial<typeof EVERYTHING>) =>
      [fault, warning, news, status]
        .filter((one) => isShown(one, { ...EVERYTHING, ...filter }))
        .map(({ position }) => position);
    expect(shown({})).toEqual([1, 2, 3, 4]);
    expect(shown({ agent: "Analyst" })).toEqual([1, 4]);
    expect(shown({ level: "warning" })).toEqual([1, 2]);
    expect(shown({ level: "error" })).toEqual([1]);
    expect(shown({ type: "system" })).toEqual([3]);
  });

  it("knows the level of what has one", () => {
    expect([fault, warning, news, status].map(levelOf)).toEqual(["error", "warning", "info", null]);
  });
});
