import { describe, expect, it } from "vitest";
import { copied, filesOf, freeName, isSame, lineAt, sendable } from "./drafts";

const YAML = "name: one\ntitle: One\nsteps:\n  - name: A\n    instructions_file: roles/a.md # here\n";

describe("the text of a team", () => {
  it("is copied under another name and title, and else as it is", () => {
    const copy = copied({ yaml: YAML, instructions: { "roles/a.md": "A" } }, "one-copy", 'One: "copy" $&');
    const title = '"One: \\"copy\\" $&"';
    expect(copy.yaml).toBe(YAML.replace("name: one", "name: one-copy").replace("One", () => title));
    expect(copy.instructions).toEqual({ "roles/a.md": "A" });
  });

  it("gets a name that nobody has", () => {
    expect(freeName("one", [])).toBe("one-copy");
    expect(freeName("one", ["one-copy", "one-copy-2"])).toBe("one-copy-3");
    expect(freeName("x".repeat(64), []).length).toBeLessThanOrEqual(60);
  });

  it("names its files of instructions, each once, those that are still to be written too", () => {
    const yaml = `${YAML}  - instructions_file: "b.md"\n  - instructions_file: roles/a.md\n`;
    expect(filesOf({ yaml, instructions: { "old.md": "x" } })).toEqual(["roles/a.md", "b.md", "old.md"]);
  });

  it("is sent without files that it does not name, and without empty ones", () => {
    expect(sendable({ yaml: YAML, instructions: { "roles/a.md": "A", "old.md": "x" } }).instructions).toEqual(
      {
        "roles/a.md": "A",
      },
    );
    expect(sendable({ yaml: YAML, instructions: { "roles/a.md": "" } }).instructions).toEqual({});
  });

  it("is the same where only an empty file was opened", () => {
    const text = { yaml: YAML, instructions: {} };
    expect(isSame(text, { yaml: YAML, instructions: { "a.md": "" } })).toBe(true);
    expect(isSame(text, { yaml: YAML, instructions: { "a.md": "x" } })).toBe(false);
    expect(isSame(text, { yaml: `${YAML}#`, instructions: {} })).toBe(false);
  });

  it("tells where a line is, and takes the last one for what comes after it", () => {
    expect(lineAt("one\ntwo\nthree", 1)).toEqual([0, 3]);
    expect(lineAt("one\ntwo\nthree", 2)).toEqual([4, 7]);
    expect(lineAt("one\ntwo\nthree", 9)).toEqual([8, 13]);
    expect(lineAt("", 1)).toEqual([0, 0]);
  });
});
