/** The headings of Markdown whose blocks are drawn apart: which ones a block's headings stand under. */

/** The levels (1 to 6, each deeper than the one before) of the headings that what follows stands under. */
export type Above = readonly number[];

export const NOTHING_ABOVE: Above = [];

const HEADING = /^ {0,3}(#{1,6})(?:\s|$)/;
const FENCE = /^\s*(?:`{3,}|~{3,})/;

/** With a heading of `level`: those as deep as it, or deeper, end there. */
export function withHeading(above: Above, level: number): Above {
  return [...above.filter((one) => one < level), level];
}

/** What stands above each block. A heading that is missed here only makes a later one less deep. */
export function aboveEach(blocks: readonly string[]): readonly Above[] {
  let above = NOTHING_ABOVE;
  return blocks.map((block) => {
    const before = above;
    for (const level of levelsOf(block)) above = withHeading(above, level);
    return before;
  });
}

function levelsOf(block: string): readonly number[] {
  if (!block.includes("#")) return [];
  const levels: number[] = [];
  let fenced = false;
  for (const line of block.split("\n")) {
    if (FENCE.test(line)) fenced = !fenced;
    const marks = fenced ? undefined : HEADING.exec(line)?.[1];
    if (marks !== undefined) levels.push(marks.length);
  }
  return levels;
}
