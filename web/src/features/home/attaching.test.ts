import { describe, expect, it } from "vitest";
import { ATTACHED_BYTES, ATTACHED_CHARACTERS, ATTACHED_MOST, type Attached } from "@/lib/attachments";
import {
  type Attaching,
  chosen,
  isReading,
  NOTHING_ATTACHED,
  notTaken,
  readyOf,
  removed,
  taken,
} from "./attaching";

function file(name: string, text = "x"): Attached {
  return { name, media_type: "text/plain", size: text.length, cut: false, text };
}

function withFiles(...names: readonly string[]): Attaching {
  return names.reduce((state, name) => chosen(state, { key: name, name, size: 3 }), NOTHING_ATTACHED);
}

function faults({ faults }: Attaching): readonly string[] {
  return faults.map(({ sentence }) => sentence);
}

describe("files for a brief", () => {
  it("are read one by one, and go with it once their text is there", () => {
    let state = withFiles("a.md", "b.md");
    expect(isReading(state)).toBe(true);
    state = taken(state, "b.md", file("b.md"));
    expect(readyOf(state).map(({ name }) => name)).toEqual(["b.md"]);
    state = taken(state, "a.md", file("a.md"));
    expect(isReading(state)).toBe(false);
    expect(readyOf(state).map(({ name }) => name)).toEqual(["a.md", "b.md"]);
  });

  it.each([
    [{ key: "k", name: "big.pdf", size: ATTACHED_BYTES + 1 }, "“big.pdf” is larger than"],
    [{ key: "k", name: "none.md", size: 0 }, "“none.md” is empty."],
    [{ key: "k", name: "docs", size: 4096, folder: true }, "“docs” is a folder."],
    [{ key: "k", name: "a.md", size: 3 }, "“a.md” is attached already."],
    [{ key: "k", name: "in\nvoice\u202efdp.exe", size: 0 }, "“in voice fdp.exe” is empty."],
  ])("are refused in a sentence before they are sent: %o", (given, sentence) => {
    const state = chosen(withFiles("a.md"), given);
    expect(state.items).toHaveLength(1);
    expect(faults(state)[0]).toContain(sentence);
    expect(faults(removed(state, "k"))).toEqual([]);
  });

  it("are at most ten, and who chooses more is told once", () => {
    const names = Array.from({ length: ATTACHED_MOST + 3 }, (_, at) => `${at}.md`);
    const state = withFiles(...names);
    expect(state.items).toHaveLength(ATTACHED_MOST);
    expect(faults(state)).toEqual(["At most 10 files go with a brief. The others were left out."]);
  });

  it("hold no more text together than agents are given, counted in characters", () => {
    const most = "👋".repeat(ATTACHED_CHARACTERS - 1);
    let state = taken(withFiles("a.md", "b.md", "c.md"), "a.md", file("a.md", most));
    state = taken(state, "b.md", file("b.md", "xy"));
    expect(faults(state)[0]).toContain("“b.md” does not fit: the files may have 100,000 characters");
    state = taken(state, "c.md", file("c.md", "x"));
    expect(readyOf(state).map(({ name }) => name)).toEqual(["a.md", "c.md"]);
  });

  it("that were removed while they were read stay away, whatever comes of it", () => {
    const state = removed(withFiles("a.md"), "a.md");
    expect(taken(state, "a.md", file("a.md"))).toEqual(NOTHING_ATTACHED);
    expect(notTaken(state, "a.md", "It is not text.")).toEqual(NOTHING_ATTACHED);
  });
});
