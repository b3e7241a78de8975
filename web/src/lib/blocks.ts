/**
 * Markdown as blocks that can be drawn apart from each other, so that a growing text costs only its last block.
 *
 * A block ends at an empty line, except inside fenced code and inside lists, whose parts belong together.
 */

export interface Blocks {
  readonly text: string;
  /** Joined, they are `text`. All but the last are final as long as the text only grows. */
  readonly blocks: readonly string[];
}

export const NO_BLOCKS: Blocks = { text: "", blocks: [] };

const FENCE = /^ {0,3}(`{3,}|~{3,})/;
const LIST_ITEM = /^ {0,3}(?:[-*+]|\d{1,9}[.)])(?:\s|$)/;

/** The blocks of `text`; those of `before` are kept where `text` continues it. */
export function blocksOf(text: string, before: Blocks = NO_BLOCKS): Blocks {
  if (text === before.text) return before;
  const continued = before.blocks.length > 0 && text.startsWith(before.text);
  const final = continued ? before.blocks.slice(0, -1) : [];
  const from = continued ? before.text.length - (before.blocks.at(-1)?.length ?? 0) : 0;
  return { text, blocks: [...final, ...split(text.slice(from))] };
}

function split(text: string): string[] {
  const blocks: string[] = [];
  let block = new Block();
  for (const line of text.match(/[^\n]*\n|[^\n]+$/g) ?? []) {
    if (block.endsBefore(line)) {
      blocks.push(block.text);
      block = new Block();
    }
    block.add(line);
  }
  if (block.text !== "") blocks.push(block.text);
  return blocks;
}

class Block {
  text = "";
  #fence: string | null = null;
  #list = false;
  #afterEmpty = false;

  endsBefore(line: string): boolean {
    if (this.#fence !== null || !this.#afterEmpty || line.trim() === "") return false;
    return !(this.#list && (LIST_ITEM.test(line) || /^(?: {2,}|\t)/.test(line)));
  }

  add(line: string): void {
    const fence = FENCE.exec(line)?.[1] ?? null;
    if (this.text.trim() === "") this.#list = LIST_ITEM.test(line);
    if (this.#fence === null) this.#fence = fence;
    else if (fence?.startsWith(this.#fence) && line.trim() === fence) this.#fence = null;
    this.#afterEmpty = line.trim() === "" && this.text.trim() !== "";
    this.text += line;
  }
}
