/** How well a text fits what was typed: its letters in their order, wherever they stand. */

const WORD_START = 8;
const IN_A_ROW = 10;
const GAP = 0.2;
const MARKS = /\p{M}/gu;

/** Without case and accents: "Café" is found by "cafe". */
export function folded(text: string): string {
  return text.normalize("NFD").replace(MARKS, "").toLowerCase();
}

/** Higher is better; null where letters are missing. An empty query fits everything equally. */
export function fitness(query: string, text: string): number | null {
  const wanted = [...folded(query)].filter((letter) => letter.trim() !== "");
  const there = [...folded(text)];
  // Trying from each place that the first letter stands at: the first one need not be the best.
  let best: number | null = wanted.length === 0 ? 0 : null;
  for (const [at, letter] of there.entries()) {
    if (letter !== wanted[0]) continue;
    const found = fitFrom(wanted, there, at);
    if (found === null) break;
    best = Math.max(best ?? found, found);
  }
  return best;
}

function fitFrom(wanted: readonly string[], there: readonly string[], start: number): number | null {
  let score = 0;
  let last = start - 1;
  for (const letter of wanted) {
    const at = there.indexOf(letter, last + 1);
    if (at === -1) return null;
    if (startsWord(there, at)) score += WORD_START;
    if (at === last + 1 && at !== start) score += IN_A_ROW;
    score -= GAP * (at - last - 1);
    last = at;
  }
  return score - GAP * start;
}

function startsWord(there: readonly string[], at: number): boolean {
  return at === 0 || !/[\p{L}\p{N}]/u.test(there[at - 1] ?? "");
}

/** The items that fit, the best first; of equals the earlier one. */
export function ranked<T>(items: readonly T[], query: string, textOf: (item: T) => string): readonly T[] {
  if (query.trim() === "") return items;
  return items
    .flatMap((item) => {
      const score = fitness(query, textOf(item));
      return score === null ? [] : [{ item, score }];
    })
    .sort((a, b) => b.score - a.score)
    .map(({ item }) => item);
}
