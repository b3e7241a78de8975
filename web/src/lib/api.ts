/** The HTTP routes that the screens read. */

import type { Crash } from "./crashes";
import { getBlob, getJson, sendJson } from "./http";
import { flag, lenient, list, optional, record, text, type Value } from "./read";
import { readSignedIn, type SignedIn } from "./session";
import {
  type JobsPage,
  type JobView,
  type PastMessage,
  type RequestsPage,
  type RunsPage,
  type RunView,
  readJobsPage,
  readPastMessages,
  readRequestsPage,
  readRunsPage,
  readRunView,
} from "./views";
import { type EventsPage, readEventsPage } from "./wire";

const SESSION = "/api/session";

export function askSession(): Promise<SignedIn> {
  return getJson(SESSION, readSignedIn);
}

export function openSession(token: string): Promise<SignedIn> {
  return sendJson("POST", SESSION, readSignedIn, { token });
}

export function endSession(): Promise<SignedIn> {
  return sendJson("DELETE", SESSION, readSignedIn);
}

const texts = list(text, 1_000);

const readTeams = record({
  teams: list(
    record({
      name: text,
      title: text,
      description: optional(text, ""),
      steps: list(
        record({
          step: text,
          agent_name: text,
          title: text,
          role: lenient(text, ""),
          needs: lenient(texts, []),
        }),
        1_000,
      ),
    }),
    1_000,
  ),
});
export type Team = Value<typeof readTeams>["teams"][number];

const readStatus = record({ version: text, model: text, demo: optional(flag, false) });
export type ServerStatus = Value<typeof readStatus>;

export async function getTeams(signal?: AbortSignal): Promise<readonly Team[]> {
  return (await getJson("/api/teams", readTeams, signal)).teams;
}

export function getStatus(signal?: AbortSignal): Promise<ServerStatus> {
  return getJson("/api/status", readStatus, signal);
}

/** An empty text leaves its question open. */
export interface RunsQuery {
  readonly status: string;
  readonly team: string;
  readonly owner: string;
  readonly q: string;
}

export function getRuns(query: RunsQuery, before: string | null, signal?: AbortSignal): Promise<RunsPage> {
  const parameters = new URLSearchParams({ limit: "50" });
  for (const [name, value] of Object.entries(query)) if (value !== "") parameters.set(name, value);
  if (before !== null) parameters.set("before", before);
  return getJson(`/api/runs?${parameters}`, readRunsPage, signal);
}

export function getRun(runId: string, signal?: AbortSignal): Promise<RunView> {
  return getJson(runUrl(runId), readRunView, signal);
}

function runUrl(runId: string): string {
  return `/api/runs/${encodeURIComponent(runId)}`;
}

/** The run's events after a position, in order: at most a thousand. */
export function getEvents(runId: string, after: number, signal?: AbortSignal): Promise<EventsPage> {
  return getJson(`${runUrl(runId)}/events?after=${after}&limit=1000`, readEventsPage, signal);
}

export interface JobsQuery {
  readonly status?: JobView["status"] | undefined;
  readonly agent?: string | undefined;
  readonly error?: string | undefined;
  readonly q?: string | undefined;
}

export function getJobs(query: JobsQuery, before: string | null, signal?: AbortSignal): Promise<JobsPage> {
  const parameters = new URLSearchParams({ limit: "100" });
  for (const [name, value] of Object.entries({ ...query, before })) {
    if (typeof value === "string") parameters.set(name, value);
  }
  return getJson(`/api/jobs?${parameters}`, readJobsPage, signal);
}

/** What people are asked and have not answered: the oldest hundred, and how many there are. */
export function getRequests(signal?: AbortSignal): Promise<RequestsPage> {
  return getJson("/api/requests?limit=100", readRequestsPage, signal);
}

/** The last `limit` messages of a run before one of it, oldest first. Raises RequestFailed. */
export async function getMessages(
  runId: string,
  before: string,
  limit: number,
): Promise<readonly PastMessage[]> {
  const parameters = new URLSearchParams({ before, limit: String(limit) });
  return (await getJson(`${runUrl(runId)}/messages?${parameters}`, readPastMessages)).messages;
}

/** Raises RequestFailed. */
export function sendCrash(crash: Crash): Promise<{ readonly reference: string }> {
  return sendJson("POST", "/api/crashes", record({ reference: text }), crash);
}

export function artifactUrl(runId: string, path: string, version: number): string {
  const encoded = path.split("/").map(encodeURIComponent).join("/");
  return `${runUrl(runId)}/artifacts/${encoded}?version=${version}`;
}

export function archiveUrl(runId: string): string {
  return `${runUrl(runId)}/artifacts.zip`;
}

/** The whole run as a file, for another server. */
export function runFileUrl(runId: string): string {
  return `${runUrl(runId)}/file`;
}

export function auditUrl(runId: string): string {
  return `${runUrl(runId)}/audit`;
}

export function getArtifact(
  runId: string,
  path: string,
  version: number,
  signal?: AbortSignal,
): Promise<Blob> {
  return getBlob(artifactUrl(runId, path, version), signal);
}
