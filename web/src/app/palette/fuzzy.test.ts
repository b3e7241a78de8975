import { describe, expect, it } from "vitest";
import { fitness, ranked } from "./fuzzy";

const order = (query: string, ...texts: string[]) => ranked(texts, query, (text) => text);

describe("fuzzy matching", () => {
  it("finds letters in their order, whatever stands between them", () => {
    expect(fitness("tcg", "Tip calculator for groups")).not.toBeNull();
    expect(fitness("gct", "Tip calculator for groups")).toBeNull();
    expect(fitness("tip!", "Tip calculator")).toBeNull();
  });

  it("minds neither case nor accents nor spaces", () => {
    expect(fitness("cafe m", "Café-Menü")).not.toBeNull();
    expect(fitness("CAFÉ", "cafe")).not.toBeNull();
  });

  it("prefers beginnings of words, and letters in a row", () => {
    expect(order("inb", "Going to a nibble", "Inbox", "Main board")[0]).toBe("Inbox");
    expect(order("go home", "Go to Home", "Gothic home page maker").at(0)).toBe("Go to Home");
    expect(order("pro", "Compare offers", "Projects")[0]).toBe("Projects");
  });

  it("looks past a first place that is not the best one", () => {
    expect(order("calc", "a c of all colours", "aca calculator")[0]).toBe("aca calculator");
  });

  it("keeps the order of what fits equally, and everything where nothing was typed", () => {
    expect(order("a", "ab", "ac")).toEqual(["ab", "ac"]);
    expect(order(" ", "b", "a")).toEqual(["b", "a"]);
  });

  it("takes no longer for texts that nearly fit everywhere", () => {
    const long = "a".repeat(2_000);
    expect(fitness(`${"a".repeat(50)}b`, long)).toBeNull();
  });
});
