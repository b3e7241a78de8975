/** Which projects are shown: kept in the page's address. */

import type { RunsQuery } from "@/lib/api";
import { lenient, record, text } from "@/lib/read";

export type ProjectFilter = Partial<RunsQuery>;

const word = lenient(text, "");
const read = record({ status: word, team: word, owner: word, q: word });
const LONGEST = 200;

/** From what stands in an address, whatever that is. */
export function readProjectFilter(search: Record<string, unknown>): ProjectFilter {
  const entries = Object.entries(read(search)).map(([name, value]) => [name, value.trim().slice(0, LONGEST)]);
  return Object.fromEntries(entries.filter(([, value]) => value !== ""));
}

export function queryOf(filter: ProjectFilter): RunsQuery {
  return { status: "", team: "", owner: "", q: "", ...filter };
}
