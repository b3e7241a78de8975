import { describe, expect, it } from "vitest";
import { amount, money, roughly, span, success } from "./amounts";
import { readAnalyticsFilter } from "./filter";

describe("what an address asks for", () => {
  it.each([
    [{}, {}],
    [{ days: 7 }, { days: 7 }],
    [
      { days: "90", team: " software " },
      { days: 90, team: "software" },
    ],
    [{ days: 30 }, {}],
    [{ days: 12 }, {}],
    [{ from: "2026-11-01", days: 7 }, { from: "2026-11-01" }],
    [
      { from: "2026-11-01", to: "2026-11-20" },
      { from: "2026-11-01", to: "2026-11-20" },
    ],
    [{ to: "2026-11-20" }, {}],
    [{ from: "yesterday", owner: "" }, {}],
    [{ owner: ["anna"] }, {}],
  ])("%j means %j", (search, filter) => {
    expect(readAnalyticsFilter(search)).toEqual(filter);
  });
});

describe("amounts", () => {
  it("are short", () => {
    expect([0, 1_234, 12_400, 3_100_000].map(amount)).toEqual(["0", "1,234", "12.4k", "3.1M"]);
    expect([0, 0.004, 2.5, 1_204.4].map(money)).toEqual(["$0", "< $0.01", "$2.50", "$1,204"]);
    expect([null, 8, 5_284, 134_000, 3_729_000, 273_600_000].map(span)).toEqual([
      "–",
      "8 ms",
      "5.3 s",
      "2:14",
      "1:02:09",
      "3 d 4 h",
    ]);
    expect([500, 40_000, 90_000, 7_200_000, 172_800_000].map(roughly)).toEqual([
      "500 ms",
      "40 s",
      "1.5 min",
      "2 h",
      "2 d",
    ]);
  });

  it("of success leave out what was cancelled or goes on", () => {
    expect(success({ succeeded: 2, partial: 1, failed: 0 })).toBe("67 %");
    expect(success({ succeeded: 0, partial: 0, failed: 0 })).toBe("–");
  });
});
