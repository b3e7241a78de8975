/** What changed from one version of a text to another, line by line. */

import { diffLines } from "diff";

export interface Line {
  readonly kind: "same" | "added" | "removed";
  readonly text: string;
  /** Its number in the earlier and in the later version; null where it is not in there. */
  readonly before: number | null;
  readonly after: number | null;
}

/** So many unchanged lines in a row that they are not worth a look. */
export interface Gap {
  readonly kind: "gap";
  readonly lines: number;
  /** The number in the later version of the first of them. */
  readonly after: number;
}

/** Unchanged lines that are shown on each side of a change. */
const CONTEXT = 3;
/** Texts that differ in more lines, or need more time (ms), are not compared. */
const MOST_CHANGES = 5_000;
const MOST_MS = 500;

/** Null: they are too different for a comparison that somebody could read. */
export function linesOf(earlier: string, later: string): readonly Line[] | null {
  const parts = diffLines(earlier, later, { maxEditLength: MOST_CHANGES, timeout: MOST_MS });
  if (parts === undefined) return null;
  const lines: Line[] = [];
  let before = 0;
  let after = 0;
  for (const { value, added, removed } of parts) {
    for (const text of value.replace(/\n$/, "").split("\n")) {
      if (added) lines.push({ kind: "added", text, before: null, after: ++after });
      else if (removed) lines.push({ kind: "removed", text, before: ++before, after: null });
      else lines.push({ kind: "same", text, before: ++before, after: ++after });
    }
  }
  return lines;
}

/** Without the unchanged lines that are far from every change. */
export function nearChanges(lines: readonly Line[]): readonly (Line | Gap)[] {
  const near = new Set<number>();
  for (const [at, { kind }] of lines.entries()) {
    if (kind === "same") continue;
    for (let close = at - CONTEXT; close <= at + CONTEXT; close++) near.add(close);
  }
  const shown: (Line | Gap)[] = [];
  for (const [at, line] of lines.entries()) {
    const last = shown.at(-1);
    if (near.has(at)) shown.push(line);
    else if (last?.kind === "gap") shown[shown.length - 1] = { ...last, lines: last.lines + 1 };
    else shown.push({ kind: "gap", lines: 1, after: line.after ?? 0 });
  }
  return shown;
}

export function countOf(lines: readonly Line[], kind: Line["kind"]): number {
  return lines.filter((line) => line.kind === kind).length;
}
