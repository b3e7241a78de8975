/** The text of a team while it is written. */

import type { TeamText } from "@/lib/teams";

export const NOTHING: TeamText = { yaml: "", instructions: {} };

/** What a new team begins with. */
export const STARTER = `name: my-team
title: My team
description: What this team is for.

steps:
  - name: Writer
    role: You write short and clear.
    tools: [write_file]
    artifacts: [docs/draft.md]
    instructions: |
      Write what the brief asks for in docs/draft.md.

  - name: Editor
    role: You make it shorter and clearer.
    tools: [read_file, write_file]
    artifacts: [docs/final.md]
    instructions: |
      Read docs/draft.md and write docs/final.md.
`;

const NAME = /^name:[^\S\n]*.*$/m;
const TITLE = /^title:[^\S\n]*.*$/m;
const FILE = /\binstructions_file:[^\S\n]*["']?([^\s"',}#]+\.md)/g;
const FILES_MOST = 20;

/** A copy under another name. The files that it shares with the first one stay as they are. */
export function copied(draft: TeamText, name: string, title: string): TeamText {
  const named = draft.yaml.replace(NAME, () => `name: ${name}`);
  return { ...draft, yaml: named.replace(TITLE, () => `title: ${JSON.stringify(title)}`) };
}

/** `name-copy`, or the next one that is free. */
export function freeName(name: string, taken: readonly string[]): string {
  const begin = `${name.slice(0, 50)}-copy`;
  if (!taken.includes(begin)) return begin;
  let number = 2;
  while (taken.includes(`${begin}-${number}`)) number += 1;
  return `${begin}-${number}`;
}

/** The files of instructions that the text names, in its order, and those that are there already. */
export function filesOf({ yaml, instructions }: TeamText): readonly string[] {
  const named = [...yaml.matchAll(FILE)].map((found) => found[1] ?? "");
  return [...new Set([...named, ...Object.keys(instructions)])].slice(0, FILES_MOST);
}

/** What is sent: without files that the text does not name any more, and without those that are still empty. */
export function sendable(draft: TeamText): TeamText {
  const named = new Set([...draft.yaml.matchAll(FILE)].map((found) => found[1]));
  const kept = Object.entries(draft.instructions).filter(([path, text]) => named.has(path) && text !== "");
  return { yaml: draft.yaml, instructions: Object.fromEntries(kept) };
}

export function isSame(one: TeamText, other: TeamText): boolean {
  const paths = new Set([...Object.keys(one.instructions), ...Object.keys(other.instructions)]);
  return (
    one.yaml === other.yaml &&
    [...paths].every((path) => (one.instructions[path] ?? "") === (other.instructions[path] ?? ""))
  );
}

/** Where a line begins and ends in a text; lines count from 1. */
export function lineAt(text: string, line: number): readonly [start: number, end: number] {
  let start = 0;
  for (let passed = 1; passed < line; passed += 1) {
    const next = text.indexOf("\n", start);
    if (next === -1) break;
    start = next + 1;
  }
  const end = text.indexOf("\n", start);
  return [start, end === -1 ? text.length : end];
}
