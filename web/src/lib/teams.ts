/** Teams as the server tells them: the list, one with its text, and what admins change. */

import { getJson, sendJson } from "./http";
import {
  count,
  flag,
  lenient,
  list,
  mapping,
  nullable,
  oneOf,
  optional,
  record,
  text,
  type Value,
} from "./read";

const texts = list(text, 1_000);

const readStep = record({
  step: text,
  agent_name: text,
  title: text,
  role: lenient(text, ""),
  needs: lenient(texts, []),
  phases: lenient(texts, []),
  agent: lenient(oneOf("llm", "python", "command"), "llm"),
  model: nullable(text),
  models: lenient(texts, []),
  fallback: optional(flag, false),
  tools: lenient(texts, []),
  servers: lenient(texts, []),
  artifacts: lenient(texts, []),
  attempts: lenient(count, 1),
  approval: lenient(nullable(oneOf("before", "after")), null),
});
export type TeamStep = Value<typeof readStep>;

const readTeam = record({
  name: text,
  title: text,
  description: optional(text, ""),
  own: optional(flag, false),
  programs: optional(flag, false),
  stand_ins: lenient(texts, []),
  steps: list(readStep, 1_000),
});
export type TeamPlan = Value<typeof readTeam>;

const readFault = record({ line: count, column: nullable(count), reason: text });
export type Fault = Value<typeof readFault>;

const readFolder = record({
  teams: list(readTeam, 1_000),
  left_out: lenient(list(record({ file: text, line: count, reason: text }), 1_000), []),
});
export type TeamFolder = Value<typeof readFolder>;

const readDetail = record({
  team: readTeam,
  yaml: nullable(text),
  instructions: mapping(text),
  version: text,
});
export type TeamDetail = Value<typeof readDetail>;

const readVerdict = record({ team: nullable(readTeam), faults: list(readFault, 1_000) });
export type Verdict = Value<typeof readVerdict>;

/** A team as text: its YAML, and the files of instructions that it names, by their paths. */
export interface TeamText {
  readonly yaml: string;
  readonly instructions: Readonly<Record<string, string>>;
}

const TEAMS = "/api/teams";

export function getTeamFolder(signal?: AbortSignal): Promise<TeamFolder> {
  return getJson(TEAMS, readFolder, signal);
}

export function getTeam(name: string, signal?: AbortSignal): Promise<TeamDetail> {
  return getJson(urlOf(name), readDetail, signal);
}

/** What is wrong with a text, or the team that it would make. The server keeps nothing of it. */
export function checkTeam(draft: TeamText, signal: AbortSignal): Promise<Verdict> {
  return sendJson("POST", `${TEAMS}/validate`, readVerdict, draft, { signal });
}

/** `version`: the one that is replaced; null for a team that is not there yet. */
export function saveTeam(name: string, draft: TeamText, version: string | null): Promise<TeamDetail> {
  const headers = version === null ? {} : { "if-match": `"${version}"` };
  return sendJson("PUT", urlOf(name), readDetail, draft, { headers });
}

export function removeTeam(name: string, version: string): Promise<unknown> {
  return sendJson("DELETE", urlOf(name), record({ name: text }), undefined, {
    headers: { "if-match": `"${version}"` },
  });
}

export function importTeam(file: Blob): Promise<TeamDetail> {
  return sendJson("POST", `${TEAMS}/import`, readDetail, file);
}

export function teamFileUrl(name: string): string {
  return `${urlOf(name)}/file`;
}

function urlOf(name: string): string {
  return `${TEAMS}/${encodeURIComponent(name)}`;
}
