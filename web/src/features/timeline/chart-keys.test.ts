import { describe, expect, it } from "vitest";
import type { Bar } from "./bars";
import { isDirection, keyOf, nextBar } from "./chart-keys";
import { drawnOf, placeOf } from "./drawn";

function bar(id: string, start: number, end: number | null): Bar {
  return { id, kind: "working", start, end, position: start, name: "", attempt: 0, bad: false };
}

const a = bar("a", 0, 10);
const b = bar("b", 10, 50);
const c = bar("c", 60, null);
const below = bar("d", 55, 58);
const rows = [[a, b, c], [], [below]];

describe("the arrow keys", () => {
  it("go along a row, and stop at its ends", () => {
    expect(nextBar(rows, a, "ArrowRight")).toBe(b);
    expect(nextBar(rows, b, "ArrowLeft")).toBe(a);
    expect(nextBar(rows, a, "ArrowLeft")).toBeNull();
    expect(nextBar(rows, c, "ArrowRight")).toBeNull();
    expect(nextBar(rows, b, "Home")).toBe(a);
    expect(nextBar(rows, b, "End")).toBe(c);
  });

  it("go up and down to what is nearest in time, over rows without bars", () => {
    expect(nextBar(rows, a, "ArrowDown")).toBe(below);
    expect(nextBar(rows, below, "ArrowUp")).toBe(c);
    expect(nextBar(rows, a, "ArrowUp")).toBeNull();
    expect(nextBar(rows, below, "ArrowDown")).toBeNull();
    expect(nextBar(rows, bar("gone", 0, 1), "ArrowDown")).toBeNull();
  });

  it("are told from other keys, and bars of two lanes from each other", () => {
    expect(["ArrowUp", "End", "Enter", "ArrowUpwards"].map(isDirection)).toEqual([true, true, false, false]);
    expect(keyOf("x", a)).not.toBe(keyOf("y", a));
  });
});

describe("the bars that are drawn", () => {
  const range = { from: 0, to: 100 };

  it("are those that can be seen, as far as they can", () => {
    expect(drawnOf([a, b, c], { from: 20, to: 55 }, 80)).toEqual([b]);
    expect(placeOf(b, range, 80)).toEqual({ left: 10, width: 40 });
    expect(placeOf(c, range, 80)).toEqual({ left: 60, width: 20 });
    expect(placeOf(b, { from: 20, to: 40 }, 80)).toEqual({ left: 0, width: 100 });
  });

  it("leave out those that nobody could tell from the one before, so that there are never too many", () => {
    const tiny = Array.from({ length: 10_000 }, (_, at) => bar(`t${at}`, at / 100, at / 100 + 0.005));
    const drawn = drawnOf(tiny, range, 100);
    expect(drawn.length).toBeGreaterThan(300);
    expect(drawn.length).toBeLessThanOrEqual(601);
    const long = bar("long", 0, 100);
    expect(drawnOf([long, bar("inside", 20, 60)], range, 100)).toHaveLength(2);
  });
});
