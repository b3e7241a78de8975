/** What became of projects over some days, as the server sums it up. */

import { getJson, RequestFailed } from "@/lib/http";
import { count, flag, list, nullable, number, record, text, type Value } from "@/lib/read";
import type { AnalyticsFilter } from "./filter";

const calls = {
  calls: count,
  unpriced_calls: count,
  input_tokens: count,
  output_tokens: count,
  cost_usd: number,
};
const runs = {
  ...calls,
  runs: count,
  succeeded: count,
  partial: count,
  failed: count,
  cancelled: count,
  open: count,
  retries: count,
  median_ms: nullable(count),
  p90_ms: nullable(count),
};
const waits = record({
  kind: nullable(text),
  asked: count,
  answered: count,
  withdrawn: count,
  open: count,
  median_ms: nullable(count),
  p90_ms: nullable(count),
});
const name = nullable(text);

const readAnalytics = record({
  as_of: text,
  tz: text,
  since: text,
  until: text,
  total: record(runs),
  days: list(record({ ...runs, day: text }), 1_000),
  teams: list(record({ ...runs, team: name }), 1_000),
  agents: list(
    record({ ...calls, agent_name: name, worked_ms: count, model_ms: count, retries: count, redone: count }),
    1_000,
  ),
  models: list(record({ ...calls, model: name, model_ms: count }), 1_000),
  waits,
  kinds: list(waits, 100),
  longest: list(
    record({ run_id: text, title: text, request_id: text, kind: text, waited_ms: count, open: flag }),
    100,
  ),
  failures: list(
    record({
      code: name,
      message: text,
      agent_name: text,
      provider: text,
      errors: count,
      warnings: count,
      runs: count,
    }),
    1_000,
  ),
  choices: record({ teams: list(text, 1_000), owners: list(text, 1_000) }),
});

export type Analytics = Value<typeof readAnalytics>;
export type DayFigures = Analytics["days"][number];
export type WaitFigures = Analytics["waits"];
export type TableName = "days" | "teams" | "agents" | "models" | "kinds" | "longest" | "failures";

/** Where the server does not know this browser's time zone, its days are those of UTC. */
export async function getAnalytics(filter: AnalyticsFilter, signal?: AbortSignal): Promise<Analytics> {
  const ask = (tz: string) => getJson(`/api/analytics?${parameters(filter, tz)}`, readAnalytics, signal);
  try {
    return await ask(ownZone());
  } catch (error) {
    if (error instanceof RequestFailed && error.problem.code === "unknown_zone") return ask("UTC");
    throw error;
  }
}

/** The table as a file, of the same days. */
export function tableUrl(table: TableName, filter: AnalyticsFilter, tz: string): string {
  return `/api/analytics.csv?table=${table}&${parameters(filter, tz)}`;
}

function parameters(filter: AnalyticsFilter, tz: string): URLSearchParams {
  const chosen = Object.entries({ ...filter, tz }).map(([key, value]) => [key, String(value)]);
  return new URLSearchParams(chosen);
}

function ownZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
}
