import { describe, expect, it } from "vitest";
import { LEAST_MS, length, moved, preciseTime, showing, ticksOf, tickWord, wholeRange, zoomed } from "./axis";
import { NO_LANES } from "./lanes";

const MINUTE = 60_000;
const whole = { from: 0, to: 100_000 };

describe("the time axis", () => {
  it("shows a run from its beginning until now, or until its end", () => {
    const lanes = { ...NO_LANES, created: 5_000, first: 1_000, last: 9_000 };
    expect(wholeRange(lanes, 20_000, false)).toEqual({ from: 5_000, to: 20_000 });
    expect(wholeRange(lanes, 20_000, true)).toEqual({ from: 1_000, to: 20_000 });
    expect(wholeRange({ ...lanes, over: true }, 20_000, false)).toEqual({ from: 5_000, to: 9_000 });
    // A clock here that is behind the log's hides nothing.
    expect(wholeRange(lanes, 2_000, false).to).toBe(9_000);
  });

  it("is never without length, also before anything happened", () => {
    expect(length(wholeRange(NO_LANES, 7_000, false))).toBe(LEAST_MS);
    const still = { ...NO_LANES, created: 5_000, first: 5_000, last: 5_000, over: true };
    expect(length(wholeRange(still, 0, false))).toBe(LEAST_MS);
  });

  it("zooms around a moment, which stays where it is, and never beyond the run", () => {
    expect(zoomed(whole, whole, 2, 20_000)).toEqual({ from: 10_000, to: 60_000 });
    expect(zoomed(whole, whole, 2, 100_000)).toEqual({ from: 50_000, to: 100_000 });
    expect(zoomed({ from: 10_000, to: 60_000 }, whole, 1 / 4, 20_000)).toEqual(whole);
    expect(length(zoomed(whole, whole, 1e9, 50_000))).toBe(LEAST_MS);
  });

  it("moves, and stops at both ends", () => {
    const part = { from: 10_000, to: 30_000 };
    expect(moved(part, whole, 1 / 2)).toEqual({ from: 20_000, to: 40_000 });
    expect(moved(part, whole, -1)).toEqual({ from: 0, to: 20_000 });
    expect(moved(part, whole, 99)).toEqual({ from: 80_000, to: 100_000 });
  });

  it("goes along with the moment that is looked at, and stays where it can be seen", () => {
    const part = { from: 10_000, to: 30_000 };
    expect(showing(part, whole, 15_000)).toBe(part);
    expect(showing(part, whole, 50_000)).toEqual({ from: 40_000, to: 60_000 });
  });

  it("has marks at round times of the day here, and no more than there is room for", () => {
    expect(ticksOf({ from: 1_500, to: 9_500 }, 8, 0)).toEqual({
      step: 1_000,
      at: [2_000, 3_000, 4_000, 5_000, 6_000, 7_000, 8_000, 9_000],
    });
    const day = ticksOf({ from: 0, to: 24 * 60 * MINUTE }, 8, 30 * MINUTE);
    expect(day.step).toBe(3 * 60 * MINUTE);
    expect(day.at[0]).toBe(2.5 * 60 * MINUTE);
    for (const years of [0.001, 0.1, 1, 5, 40]) {
      const to = years * 365 * 24 * 60 * MINUTE;
      expect(ticksOf({ from: 0, to }, 8, 0).at.length).toBeLessThan(60);
    }
  });

  it("says as much of a time as tells marks apart", () => {
    const at = new Date(2026, 10, 20, 9, 30, 5, 250).getTime();
    expect(tickWord(at, 200)).toBe("09:30:05.3");
    expect(tickWord(at, 1_000)).toBe("09:30:05");
    expect(tickWord(at, MINUTE)).toBe("09:30");
    expect(tickWord(at, 24 * 60 * MINUTE)).toBe("20 Nov");
    expect(preciseTime(at)).toBe("09:30:05.250");
    expect(preciseTime(at, true)).toBe("20 Nov 2026, 09:30:05.250");
  });
});
