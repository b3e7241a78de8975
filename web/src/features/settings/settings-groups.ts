/** Which settings are limits and budgets, in the order in which people look for them. */

import type { Setting } from "./requests";

const GROUPS = {
  budgets: ["budget_run_usd", "budget_agent_usd", "budget_day_usd", "llm_cheaper_model"],
  services: [
    "llm_requests_per_minute",
    "llm_tokens_per_minute",
    "llm_rate_limits",
    "llm_max_attempts",
    "llm_max_output_tokens",
    "llm_first_token_timeout",
    "llm_stream_timeout",
    "llm_total_timeout",
  ],
  work: ["concurrency", "lease_seconds", "retention_days", "compact_seconds", "remind_after_hours"],
  connections: [
    "connections_per_address",
    "connections_per_user",
    "compressed_connections",
    "heartbeat_seconds",
  ],
} as const;

export type Group = keyof typeof GROUPS;
export const GROUP_NAMES = Object.keys(GROUPS) as readonly Group[];

/** A group without one of its settings that this server does not have, and everything that is in no group. */
export function grouped(settings: readonly Setting[]): {
  readonly groups: Readonly<Record<Group, readonly Setting[]>>;
  readonly others: readonly Setting[];
} {
  const byName = new Map(settings.map((one) => [one.name, one]));
  const groups = {} as Record<Group, readonly Setting[]>;
  for (const group of GROUP_NAMES) {
    groups[group] = GROUPS[group].flatMap((name) => byName.get(name) ?? []);
    for (const name of GROUPS[group]) byName.delete(name);
  }
  return { groups, others: [...byName.values()] };
}
