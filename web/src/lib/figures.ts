/** Live figures: who is connected, and how fast the server is. No event makes them; each snapshot replaces the last. */

import { count, lenient, list, mapping, nullable, number, optional, record, text, type Value } from "./read";

const connectionView = record({
  /** Null before its hello. */
  client_id: nullable(text),
  user: nullable(text),
  address: text,
  user_agent: text,
  topics: list(text, 1_000),
  since: text,
  last_seen: text,
  /** Positions that it has not acknowledged. */
  lag: count,
  bytes_sent: count,
});
export type ConnectionView = Value<typeof connectionView>;
/** Who has a project open now. Names are of some of them. */
export const readWatchers = record({ count, users: list(text, 100) });
export type Watchers = Value<typeof readWatchers>;
export const readConnections = record({ connections: list(connectionView, 10_000) });

const percentile = lenient(nullable(number), null);
/** In milliseconds; null where nothing was measured yet. */
const percentiles = record({ p50: percentile, p95: percentile, p99: percentile });

/** `resets_in` and `held_for` in seconds. */
const allowance = record({ limit: number, used: number, left: number, resets_in: nullable(number) });
const rateLimit = record({
  requests: allowance,
  tokens: allowance,
  in_flight: count,
  waiting: count,
  held_for: nullable(number),
});

export const readStats = record({
  /** How many open jobs there are, by their status. */
  jobs: mapping(count),
  events_per_second: number,
  connections: count,
  lag: record({ max: count, p99: count }),
  connected_share: nullable(number),
  delivery_ms: percentiles,
  command_ms: percentiles,
  /** When each worker that is there was last heard of; an older server does not say. */
  seen: optional(list(record({ worker_id: text, last_seen: text }), 10_000), []),
  /** By the key of an AI service. */
  rate_limits: mapping(rateLimit),
});
export type Stats = Value<typeof readStats>;
