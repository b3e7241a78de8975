/** Going from bar to bar with the arrow keys. */

import type { Bar, Row } from "./bars";

export type Direction = "ArrowLeft" | "ArrowRight" | "ArrowUp" | "ArrowDown" | "Home" | "End";

export function isDirection(key: string): key is Direction {
  return /^(Arrow(Left|Right|Up|Down)|Home|End)$/.test(key);
}

/** What tells a bar of the chart from all others. */
export function keyOf(step: string | null, { id, position }: Bar): string {
  return `${step ?? ""}/${id}@${position}`;
}

/** The bar to go to; null where there is none that way. Up and down it is the one nearest in time. */
export function nextBar(rows: readonly Row[], bar: Bar, direction: Direction): Bar | null {
  const row = rows.findIndex((one) => one.includes(bar));
  const here = rows[row];
  if (here === undefined) return null;
  switch (direction) {
    case "ArrowLeft":
      return here[here.indexOf(bar) - 1] ?? null;
    case "ArrowRight":
      return here[here.indexOf(bar) + 1] ?? null;
    case "Home":
      return here[0] ?? null;
    case "End":
      return here.at(-1) ?? null;
    case "ArrowUp":
      return nearest(rows.slice(0, row).findLast(hasBars), bar);
    case "ArrowDown":
      return nearest(rows.slice(row + 1).find(hasBars), bar);
  }
}

function hasBars(row: Row): boolean {
  return row.length > 0;
}

function nearest(row: Row | undefined, { start }: Bar): Bar | null {
  if (row === undefined) return null;
  return row.reduce((a, b) => (Math.abs(b.start - start) < Math.abs(a.start - start) ? b : a));
}
