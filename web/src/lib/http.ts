/** HTTP: one wrapper that gives typed values, or a `RequestFailed` with words for a person. */

import { words } from "@/words";
import { type Read, Unreadable } from "./read";
import { type Problem, readProblem } from "./wire";

export class RequestFailed extends Error {
  override name = "RequestFailed";
  readonly problem: Problem;
  /** Seconds that the server wants to pass before the next try; null where it did not say. */
  readonly waitSeconds: number | null;

  constructor(problem: Problem, waitSeconds: number | null = null) {
    super(problem.message);
    this.problem = problem;
    this.waitSeconds = waitSeconds;
  }
}

const UNREACHABLE: Problem = {
  code: "unreachable",
  ...words.problems.unreachable,
  retryable: true,
  reference: null,
};

const UNEXPECTED: Problem = {
  code: "unexpected",
  ...words.problems.unexpected,
  retryable: true,
  reference: null,
};

/** Raises RequestFailed, always with a problem that can be shown; an aborted request raises as fetch does. */
export async function getJson<T>(path: string, read: Read<T>, signal?: AbortSignal): Promise<T> {
  return readJson(await request(path, { signal: signal ?? null }), read);
}

interface Sending {
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** A file is sent as it is, anything else as JSON. Raises as getJson does. */
export async function sendJson<T>(
  method: "POST" | "PUT" | "DELETE",
  path: string,
  read: Read<T>,
  body?: object,
  { headers, ...how }: Sending = {},
): Promise<T> {
  const plain = body instanceof Blob;
  const given = { ...(body !== undefined && !plain && { "content-type": "application/json" }), ...headers };
  const sent = body !== undefined && { body: plain ? body : JSON.stringify(body) };
  const said = Object.keys(given).length > 0 && { headers: given };
  return readJson(await request(path, { method, ...sent, ...said, ...how }), read);
}

async function readJson<T>(response: Response, read: Read<T>): Promise<T> {
  try {
    return read(await response.json());
  } catch (error) {
    if (isAbort(error)) throw error;
    throw new RequestFailed(UNEXPECTED);
  }
}

/** Raises as getJson does. */
export async function getBlob(path: string, signal?: AbortSignal): Promise<Blob> {
  const response = await request(path, { signal: signal ?? null });
  return response.blob();
}

async function request(path: string, how: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, how);
  } catch (error) {
    if (isAbort(error)) throw error;
    throw new RequestFailed(UNREACHABLE);
  }
  if (!response.ok) throw new RequestFailed(await problemOf(response), waitOf(response));
  return response;
}

function waitOf({ headers }: Response): number | null {
  const said = headers.get("retry-after") ?? "";
  return /^\d{1,6}$/.test(said) ? Number(said) : null;
}

async function problemOf(response: Response): Promise<Problem> {
  try {
    return readProblem(await response.json());
  } catch (error) {
    if (error instanceof Unreadable || error instanceof SyntaxError) return UNEXPECTED;
    throw error;
  }
}

function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === "AbortError";
}

/** What to tell a person about anything that was thrown. */
export function problemFrom(error: unknown): Problem {
  return error instanceof RequestFailed ? error.problem : UNEXPECTED;
}
