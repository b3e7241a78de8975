import { describe, expect, it } from "vitest";
import { layersOf, type Picture, pathOf, pictureOf, type Step } from "./layout";

const SIZES = { width: 100, height: 50, gap: 10, drop: 30 };

function steps(plan: Readonly<Record<string, readonly string[]>>): readonly Step[] {
  return Object.entries(plan).map(([step, needs]) => ({ step, needs }));
}

function drawn(plan: Readonly<Record<string, readonly string[]>>): Picture {
  return pictureOf(steps(plan), SIZES);
}

function boxesOverlap({ steps: placed }: Picture): boolean {
  return placed.some((one, at) =>
    placed
      .slice(at + 1)
      .some((other) => Math.abs(one.x - other.x) < SIZES.width && Math.abs(one.y - other.y) < SIZES.height),
  );
}

describe("the layers of a team", () => {
  it("put each step below all that it waits for", () => {
    const layers = layersOf(steps({ d: ["b", "c"], b: ["a"], c: [], a: [] }));
    expect([...layers.entries()].sort()).toEqual([
      ["a", 0],
      ["b", 1],
      ["c", 0],
      ["d", 2],
    ]);
  });

  it("have a place for every step, whatever is wrong with its waits", () => {
    const layers = layersOf(steps({ a: ["b"], b: ["a"], c: ["c", "nobody"] }));
    expect([...layers.keys()].sort()).toEqual(["a", "b", "c"]);
    expect([...layers.values()].every((layer) => layer >= 0 && layer < 3)).toBe(true);
  });
});

describe("the picture of a team", () => {
  it("draws a line of steps one below the other, with a straight line between two", () => {
    const picture = drawn({ a: [], b: ["a"], c: ["b"] });
    expect(picture.steps.map(({ x, y }) => [x, y])).toEqual([
      [0, 0],
      [0, 80],
      [0, 160],
    ]);
    expect([picture.width, picture.height]).toEqual([100, 210]);
    expect(picture.lines.map(pathOf)).toEqual(["M50 50 L50 80", "M50 130 L50 160"]);
  });

  it("sets steps that work at the same time side by side, and one after them in the middle", () => {
    const picture = drawn({ a: [], b: ["a"], c: ["a"], d: ["b", "c"] });
    expect(picture.steps.map(({ step, x, y }) => [step, x, y])).toEqual([
      ["a", 55, 0],
      ["b", 0, 80],
      ["c", 110, 80],
      ["d", 55, 160],
    ]);
  });

  it("leads a line past a step beside it, not behind it", () => {
    const picture = drawn({ a: [], b: ["a"], c: ["a", "b"] });
    const passing = picture.lines.find(({ from, to }) => from === "a" && to === "c");
    const beside = picture.steps.find(({ step }) => step === "b");
    expect(passing?.points).toHaveLength(4);
    const [, first, second] = passing?.points ?? [];
    expect(first?.x).toBe(second?.x);
    expect((first?.x ?? 0) < (beside?.x ?? 0) || (first?.x ?? 0) > (beside?.x ?? 0) + SIZES.width).toBe(true);
  });

  it("sets what belongs together below each other, so that lines do not cross", () => {
    const picture = drawn({ a: [], b: [], under_b: ["b"], under_a: ["a"] });
    expect(picture.steps.filter(({ layer }) => layer === 1).map(({ step }) => step)).toEqual([
      "under_a",
      "under_b",
    ]);
  });

  it("draws no line for a wait in a circle, and one for a wait that is said twice", () => {
    expect(drawn({ a: ["b"], b: ["a"] }).lines).toHaveLength(1);
    expect(drawn({ a: [], b: ["a", "a"] }).lines).toHaveLength(1);
    expect(drawn({ a: ["a"] }).lines).toEqual([]);
  });

  it("is nothing for no steps", () => {
    expect(drawn({})).toEqual({ width: 0, height: 0, steps: [], lines: [] });
  });

  it("keeps every step inside and apart from the others, for any team", () => {
    let seed = 7;
    const chance = () => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      return seed / 2_147_483_648;
    };
    for (let round = 0; round < 200; round += 1) {
      const count = 1 + Math.floor(chance() * 20);
      const names = Array.from({ length: count }, (_, at) => `s${at}`);
      const plan = Object.fromEntries(names.map((name) => [name, names.filter(() => chance() < 0.15)]));
      const picture = drawn(plan);
      expect(picture.steps).toHaveLength(count);
      expect(boxesOverlap(picture)).toBe(false);
      for (const { x, y } of picture.steps) {
        expect(x >= 0 && x + SIZES.width <= picture.width).toBe(true);
        expect(y >= 0 && y + SIZES.height <= picture.height).toBe(true);
      }
      for (const { points } of picture.lines) {
        expect(points.every((point, at) => at === 0 || point.y > (points[at - 1]?.y ?? 0))).toBe(true);
      }
    }
  });
});
