import { describe, expect, it } from "vitest";
import { placed } from "./place";

const CARD = { width: 300, height: 120 };
const WINDOW = { width: 1000, height: 800 };
const at = (left: number, top: number, width: number, height: number) =>
  placed({ left, top, width, height }, CARD, WINDOW);

describe("a card beside what it is about", () => {
  it("stands below it, in its middle", () => {
    expect(at(400, 100, 200, 50)).toEqual({ left: 350, top: 162 });
  });

  it("stands above it at the foot of the window", () => {
    expect(at(400, 740, 200, 50)).toEqual({ left: 350, top: 608 });
  });

  it("stands beside what is as high as the window", () => {
    expect(at(0, 50, 250, 750)).toEqual({ left: 262, top: 62 });
    expect(at(750, 50, 250, 750)).toEqual({ left: 438, top: 62 });
  });

  it("stands inside what fills the window", () => {
    expect(at(0, 0, 1000, 800)).toEqual({ left: 350, top: 12 });
  });

  it("never leaves the window", () => {
    expect(at(980, 10, 20, 20)).toEqual({ left: 692, top: 42 });
    expect(
      placed(
        { left: 0, top: 0, width: 390, height: 800 },
        { width: 374, height: 120 },
        { width: 390, height: 800 },
      ),
    ).toEqual({ left: 8, top: 12 });
  });
});
