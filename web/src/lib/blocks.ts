/**
 * Markdown as blocks that can be drawn apart from each other, so that a growing text costs only its last block.
 *
 * A block ends at an empty line, except inside fenced code and inside lists, whose parts belong together. Outside of
 * code it also ends where it becomes too long, if need be in the middle of a line, so that there is no text whose growth
 * would hold up the page.
 */

export interface Blocks {
  readonly text: string;
  /** Joined, they are `text`. All but the last are final as long as the text only grows. */
  readonly blocks: readonly string[];
}

export const NO_BLOCKS: Blocks = { text: "", blocks: [] };

/** A block's length in characters, beyond which the next line, or the rest of the line, begins another. */
const LONGEST = 16_384;
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
    const parts = block.isCode ? [line] : partsOf(line);
    for (const part of parts) {
      if (block.text !== "" && (parts.length > 1 || block.endsBefore(part))) {
        blocks.push(block.text);
        block = new Block();
      }
      block.add(part);
    }
  }
  if (block.text !== "") blocks.push(block.text);
  return blocks;
}

/** A line in parts that are no longer than a block may be, cut behind a space where there is one. */
function partsOf(line: string): readonly string[] {
  const parts: string[] = [];
  let rest = line;
  while (rest.length > LONGEST) {
    const space = rest.lastIndexOf(" ", LONGEST - 1) + 1;
    const cut = space > LONGEST / 2 ? space : LONGEST - Number(isHighSurrogate(rest.charCodeAt(LONGEST - 1)));
    parts.push(rest.slice(0, cut));
    rest = rest.slice(cut);
  }
  return [...parts, rest];
}

function isHighSurrogate(code: number): boolean {
  return code >= 0xd800 && code < 0xdc00;
}

class Block {
  text = "";
  #fence: string | null = null;
  #list = false;
  #afterEmpty = false;

  get isCode(): boolean {
    return this.#fence !== null;
  }

  endsBefore(line: string): boolean {
    if (this.#fence !== null || line.trim() === "") return false;
    if (this.text.length + line.length > LONGEST) return true;
    return this.#afterEmpty && !(this.#list && (LIST_ITEM.test(line) || /^(?: {2,}|\t)/.test(line)));
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
