import type { LucideIcon } from "lucide-react";
import { ranked } from "./fuzzy";

export type GroupName = "recent" | "project" | "pages" | "projects" | "more";

/** Something that the palette offers. */
export interface Choice {
  /** The same at the next visit. */
  readonly id: string;
  readonly label: string;
  readonly group: Exclude<GroupName, "recent">;
  readonly icon: LucideIcon;
  readonly run: () => void;
}

export interface Group {
  /** Null: all that fits what was typed, the best first. */
  readonly name: GroupName | null;
  readonly choices: readonly Choice[];
}

const ORDER: readonly Choice["group"][] = ["project", "pages", "projects", "more"];
const MOST_FOUND = 12;

/** Before anything is typed: what was chosen lately, then everything by its kind; else what fits. */
export function grouped(
  choices: readonly Choice[],
  recent: readonly string[],
  query: string,
): readonly Group[] {
  if (query.trim() !== "") {
    const found = ranked(choices, query, ({ label }) => label).slice(0, MOST_FOUND);
    return found.length === 0 ? [] : [{ name: null, choices: found }];
  }
  const lately = recent.flatMap((id) => choices.filter((choice) => choice.id === id));
  const others = choices.filter(({ id }) => !recent.includes(id));
  const kinds = ORDER.map((name) => ({ name, choices: others.filter(({ group }) => group === name) }));
  return [{ name: "recent" as const, choices: lately }, ...kinds].filter((one) => one.choices.length > 0);
}
