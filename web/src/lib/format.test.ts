import { describe, expect, it } from "vitest";
import { ago, amount, bytes, clock, cost, decimal, dollars, tokens, whole } from "./format";

const usage = (cost_usd: number | null, input_tokens = 0, output_tokens = 0) => ({
  cost_usd,
  input_tokens,
  output_tokens,
});

describe("amounts that people type", () => {
  it("reads plain amounts, with or without a dollar sign", () => {
    expect(["2", " 2.50 ", "$0.000001", "$ 3"].map(amount)).toEqual([2, 2.5, 0.000001, 3]);
  });

  it("refuses what is no amount, none at all, or too much", () => {
    for (const typed of ["", "a lot", "-1", "0", "NaN", "1e3", "1,5", "1000001"])
      expect(amount(typed)).toBeNull();
  });

  it("writes them without what is not needed", () => {
    expect([1, 2.5, 0.1, 0.000001, 100].map(dollars)).toEqual(["1", "2.5", "0.1", "0.000001", "100"]);
  });
});

describe("format", () => {
  it.each([
    [0, "0:00"],
    [21.9, "0:21"],
    [134, "2:14"],
    [3729, "1:02:09"],
    [-5, "0:00"],
  ])("writes %d seconds as %s", (seconds, words) => {
    expect(clock(seconds)).toBe(words);
  });

  it.each([
    [0, "0 B"],
    [999, "999 B"],
    [1_400, "1.4 KB"],
    [3_200_000, "3.2 MB"],
    [72_660_000_000, "72.7 GB"],
  ])("writes %d bytes as %s", (size, words) => {
    expect(bytes(size)).toBe(words);
  });

  it("names costs only where something was to be paid", () => {
    expect([null, 0, 0.004, 0.03, 12].map((dollars) => cost(usage(dollars)))).toEqual([
      "",
      "",
      "< $0.01",
      "$0.03",
      "$12.00",
    ]);
  });

  it("rounds tokens to what can be read at a glance", () => {
    expect(tokens(usage(null))).toBe("");
    expect(tokens(usage(null, 400, 12))).toBe("412 tokens");
    expect(tokens(usage(null, 12_000, 400))).toBe("12.4k tokens");
  });

  it("says how long ago, also when clocks differ", () => {
    const now = Date.parse("2026-11-20T12:00:00Z");
    expect(ago("2026-11-20T12:00:30Z", now)).toBe("just now");
    expect(ago("2026-11-20T11:56:00Z", now)).toBe("4 min ago");
    expect(ago("2026-11-20T09:00:00Z", now)).toBe("3 h ago");
    expect(ago("2025-01-02T12:00:00Z", now)).toBe("2 Jan 2025");
  });

  it("writes numbers with so many places", () => {
    expect([decimal(2.25, 1), decimal(7, 2), decimal(7, 2, 0), decimal(12_345.6, 0)]).toEqual([
      "2.3",
      "7.00",
      "7",
      "12346",
    ]);
    expect([whole(999), whole(12_345)]).toEqual(["999", "12,345"]);
  });
});
