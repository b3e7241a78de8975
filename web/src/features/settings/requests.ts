/** What the settings ask of the server. Nothing that is secret comes with it, but for a new token, which nobody keeps. */

import { getJson, sendJson } from "@/lib/http";
import {
  count,
  flag,
  lenient,
  list,
  mapping,
  nullable,
  number,
  oneOf,
  record,
  text,
  type Value,
} from "@/lib/read";

const MOST = 2_000;

// --- AI services ------------------------------------------------------------------------------------------------

const readKey = record({ source: oneOf("environment", "file", "keyring"), name: text });
const readService = record({
  name: text,
  state: lenient(oneOf("set_up", "unknown", "absent", "wrong"), "unknown"),
  lacks: text,
  key: nullable(readKey),
  address: text,
  default_model: nullable(text),
  names_model: flag,
  in_use: flag,
  requests_per_minute: count,
  tokens_per_minute: count,
});
const readServices = record({
  in_force: record({ model: text, setting: text, reason: text, demo: flag, cheaper: nullable(text) }),
  providers: list(readService, MOST),
});
const readTrial = record({
  model: text,
  seconds: nullable(number),
  problem: nullable(record({ code: text, message: text, action: text })),
});
export type Service = Value<typeof readService>;
export type InForce = Value<typeof readServices>["in_force"];
export type Trial = Value<typeof readTrial>;

export function getServices(signal?: AbortSignal) {
  return getJson("/api/providers", readServices, signal);
}

/** `model`: of this service, by its name alone; empty for the one that the server would choose. */
export function tryService(name: string, model: string): Promise<Trial> {
  const body = model === "" ? undefined : { model };
  return sendJson("POST", `/api/providers/${encodeURIComponent(name)}/test`, readTrial, body);
}

// --- Settings and channels --------------------------------------------------------------------------------------

const readSetting = record({ name: text, value: text, origin: text, description: text });
const readSettings = record({
  file: nullable(text),
  settings: list(readSetting, MOST),
  sizes: mapping(count),
});
export type Setting = Value<typeof readSetting>;

export function getSettings(signal?: AbortSignal) {
  return getJson("/api/settings", readSettings, signal);
}

const readChannel = record({ name: text, to: list(text, MOST), by: nullable(text) });
const readChannels = record({
  channels: list(readChannel, MOST),
  public_url: nullable(text),
  remind_after_hours: number,
});
const readResults = record({ results: list(record({ name: text, problem: nullable(text) }), MOST) });
export type Channel = Value<typeof readChannel>;
export type Result = Value<typeof readResults>["results"][number];

export function getChannels(signal?: AbortSignal) {
  return getJson("/api/notifications", readChannels, signal);
}

export async function tryChannels(): Promise<readonly Result[]> {
  return (await sendJson("POST", "/api/notifications/test", readResults)).results;
}

// --- Tokens -----------------------------------------------------------------------------------------------------

const role = oneOf("admin", "member", "viewer");
const tokenFields = {
  token_id: text,
  user: text,
  role,
  created_at: text,
  last_used_at: nullable(text),
  expires_at: nullable(text),
  revoked_at: nullable(text),
};
const readToken = record(tokenFields);
const readTokens = record({ tokens: list(readToken, MOST), yours: nullable(text) });
const readIssued = record({ ...tokenFields, token: text });
export type Role = Value<typeof role>;
export type Token = Value<typeof readToken>;
export type Issued = Value<typeof readIssued>;

export function getTokens(signal?: AbortSignal) {
  return getJson("/api/tokens", readTokens, signal);
}

/** `expiresIn`: seconds; null: until it is revoked. */
export function createToken(user: string, role: Role, expiresIn: number | null): Promise<Issued> {
  return sendJson("POST", "/api/tokens", readIssued, { user, role, expires_in: expiresIn });
}

export function revokeToken(id: string): Promise<Token> {
  return sendJson("DELETE", `/api/tokens/${encodeURIComponent(id)}`, readToken);
}

// --- The server -------------------------------------------------------------------------------------------------

const readFinding = record({
  level: lenient(oneOf("ok", "warn", "fail"), "warn"),
  what: text,
  detail: text,
  action: text,
});
const readServer = record({
  version: text,
  python: text,
  database: text,
  folder: nullable(record({ path: text, size_bytes: count, free_bytes: count })),
  uptime_seconds: number,
  findings: list(readFinding, MOST),
});
export type Server = Value<typeof readServer>;
export type Finding = Value<typeof readFinding>;

export function getServer(signal?: AbortSignal) {
  return getJson("/api/about", readServer, signal);
}
