import { describe, expect, it } from "vitest";
import { countOf, linesOf, nearChanges } from "./changes";

function numbered(count: number): string[] {
  return Array.from({ length: count }, (_, at) => `line ${at + 1}`);
}

function shown(earlier: string, later: string): string[] {
  const signs = { same: " ", added: "+", removed: "-" } as const;
  return nearChanges(linesOf(earlier, later) ?? []).map((line) =>
    line.kind === "gap" ? `… ${line.lines}` : `${signs[line.kind]}${line.text}`,
  );
}

describe("the changes between two versions of a file", () => {
  it("are lines that went and lines that came", () => {
    expect(shown("# Tips\n\nNobody tips.\n", "# Tips\n\nEverybody tips.\nTwice.\n")).toEqual([
      " # Tips",
      " ",
      "-Nobody tips.",
      "+Everybody tips.",
      "+Twice.",
    ]);
  });

  it("are shown with the three lines around them, and say how many are left out", () => {
    const before = numbered(20);
    const after = before.with(9, "another");
    expect(shown(before.join("\n"), after.join("\n"))).toEqual([
      "… 6",
      " line 7",
      " line 8",
      " line 9",
      "-line 10",
      "+another",
      " line 11",
      " line 12",
      " line 13",
      "… 7",
    ]);
  });

  it("give each line its number in each version that has it", () => {
    const lines = linesOf("a\nb\n", "b\nc\n") ?? [];
    expect(lines.map(({ text, before, after }) => [text, before, after])).toEqual([
      ["a", 1, null],
      ["b", 2, 1],
      ["c", null, 2],
    ]);
  });

  it("are none between equal texts", () => {
    expect(shown("the same\n", "the same\n")).toEqual(["… 1"]);
    expect(countOf(linesOf("", "") ?? [], "added")).toBe(0);
  });

  it("are not listed where nothing stayed of a very long text", () => {
    const earlier = numbered(9_000).join("\n");
    expect(linesOf(earlier, earlier.replaceAll("line", "row"))).toBeNull();
  });
});
