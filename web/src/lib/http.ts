/** HTTP: one wrapper that gives typed values, or a `RequestFailed` with words for a person. */

import { type Read, Unreadable } from "./read";
import { type Problem, readProblem } from "./wire";

export class RequestFailed extends Error {
  override name = "RequestFailed";
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.message);
    this.problem = problem;
  }
}

const UNREACHABLE: Problem = {
  code: "unreachable",
  message: "The server cannot be reached.",
  action: "Check that BotArmy is running, then try again.",
  retryable: true,
  reference: null,
};

const UNEXPECTED: Problem = {
  code: "unexpected",
  message: "The server gave an answer that this page does not understand.",
  action: "Reload the page and try again.",
  retryable: true,
  reference: null,
};

/** Raises RequestFailed, always with a problem that can be shown; an aborted request raises as fetch does. */
export async function getJson<T>(path: string, read: Read<T>, signal?: AbortSignal): Promise<T> {
  const response = await request(path, signal);
  try {
    return read(await response.json());
  } catch (error) {
    if (isAbort(error)) throw error;
    throw new RequestFailed(UNEXPECTED);
  }
}

/** Raises as getJson does. */
export async function getBlob(path: string, signal?: AbortSignal): Promise<Blob> {
  const response = await request(path, signal);
  return response.blob();
}

async function request(path: string, signal?: AbortSignal): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, { signal: signal ?? null });
  } catch (error) {
    if (isAbort(error)) throw error;
    throw new RequestFailed(UNREACHABLE);
  }
  if (!response.ok) throw new RequestFailed(await problemOf(response));
  return response;
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
