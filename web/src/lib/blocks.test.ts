import { describe, expect, it } from "vitest";
import { blocksOf, NO_BLOCKS } from "./blocks";

const DOCUMENT = `# Title

A paragraph
over two lines.

1. one

   still one
2. two

- other

\`\`\`js
const a = 1;

// \`\`\` not the end
const b = 2;
\`\`\`

~~~
x

~~~

The end.`;

describe("blocksOf", () => {
  it("splits at empty lines, but not inside code or lists", () => {
    const { blocks } = blocksOf(DOCUMENT);
    expect(blocks.map((block) => block.trim().split("\n")[0])).toEqual([
      "# Title",
      "A paragraph",
      "1. one",
      "```js",
      "~~~",
      "The end.",
    ]);
  });

  it("loses nothing", () => {
    expect(blocksOf(DOCUMENT).blocks.join("")).toBe(DOCUMENT);
  });

  it("gives the same blocks for a text that grows, letter by letter", () => {
    let grown = NO_BLOCKS;
    for (let end = 1; end <= DOCUMENT.length; end++) {
      grown = blocksOf(DOCUMENT.slice(0, end), grown);
      expect(grown.blocks).toEqual(blocksOf(DOCUMENT.slice(0, end)).blocks);
    }
  });

  it("keeps finished blocks as they are, so that they are not drawn again", () => {
    const before = blocksOf("one\n\ntwo\n\nthr");
    const after = blocksOf("one\n\ntwo\n\nthree\n\nfour", before);
    expect(after.blocks.slice(0, 2)).toEqual(before.blocks.slice(0, 2));
  });

  it("cuts what is too long, in the middle of a line if need be, and the same however it grows", () => {
    const text = `An opening\n${"words and more words ".repeat(5_000)}\nand ${"🍕".repeat(20_000)}\n\nThe end.`;
    const { blocks } = blocksOf(text);
    expect(blocks.join("")).toBe(text);
    expect(Math.max(...blocks.map((block) => block.length))).toBeLessThan(16_400);
    expect(blocks.join("|")).not.toMatch(/[\ud800-\udbff]\|/);
    expect(blocks.at(-1)).toBe("The end.");
    let grown = NO_BLOCKS;
    for (let end = 0; end < text.length; end += 997) grown = blocksOf(text.slice(0, end), grown);
    expect(blocksOf(text, grown).blocks).toEqual(blocks);
  });

  it("leaves code whole, however long it is", () => {
    const code = `\`\`\`js\n${"const a = 1;\n".repeat(5_000)}\`\`\`\n`;
    expect(blocksOf(`${code}\nAfter it`).blocks).toEqual([`${code}\n`, "After it"]);
  });

  it("starts again where the text was replaced", () => {
    expect(blocksOf("other", blocksOf("one\n\ntwo")).blocks).toEqual(["other"]);
    expect(blocksOf("", blocksOf("one")).blocks).toEqual([]);
  });
});
