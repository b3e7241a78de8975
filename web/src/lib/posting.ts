/** Commands over HTTP, for where a WebSocket does not pass: the same commands, ids and replies. */

import type { CommandFrame } from "./commands";
import { isObject, type JsonObject } from "./read";
import { type CommandName, type Problem, readProblem } from "./wire";

export type Fetch = (path: string, how: RequestInit) => Promise<Response>;

interface Route {
  readonly method: "POST" | "PUT" | "DELETE";
  readonly path: string;
  readonly body?: JsonObject;
}

export interface ReplyFrame extends JsonObject {
  readonly type: "reply";
  readonly error?: Problem;
}

/** The reply to the command, as the frame that a WebSocket brings. Raises where the server did not answer it. */
export async function post(fetch: Fetch, { id, name, args }: CommandFrame): Promise<ReplyFrame> {
  const { method, path, body } = ROUTES[name](args);
  const response = await fetch(path, {
    method,
    headers: { "idempotency-key": id, ...(body && { "content-type": "application/json" }) },
    ...(body && { body: JSON.stringify(body) }),
  });
  const answer: unknown = await response.json();
  if (!response.ok) return { type: "reply", id, ok: false, error: readProblem(answer) };
  const { position = null, ...result } = isObject(answer) ? answer : {};
  return { type: "reply", id, ok: true, result, position };
}

const ROUTES: Readonly<Record<CommandName, (args: JsonObject) => Route>> = {
  start_run: (args) => ({ method: "POST", path: "/api/runs", body: args }),
  fork_run: ({ run_id, ...body }) => ({ method: "POST", path: of({ run_id }, "fork"), body }),
  follow_up_run: ({ run_id, ...body }) => ({ method: "POST", path: of({ run_id }, "follow-up"), body }),
  delete_run: (args) => ({ method: "DELETE", path: of(args) }),
  pause_run: (args) => ({ method: "POST", path: of(args, "pause") }),
  resume_run: (args) => ({ method: "POST", path: of(args, "resume") }),
  cancel_run: (args) => ({ method: "POST", path: of(args, "cancel") }),
  retry_step: (args) => ({ method: "POST", path: of(args, "steps", args.step, "retry") }),
  skip_step: (args) => ({ method: "POST", path: of(args, "steps", args.step, "skip") }),
  add_note: ({ run_id, ...body }) => ({ method: "POST", path: of({ run_id }, "notes"), body }),
  edit_artifact: ({ run_id, path, ...body }) => ({
    method: "PUT",
    path: of({ run_id }, "artifacts", ...String(path).split("/")),
    body,
  }),
  answer_request: ({ run_id, request_id, ...body }) => ({
    method: "POST",
    path: of({ run_id }, "requests", request_id),
    body,
  }),
};

function of({ run_id }: JsonObject, ...more: readonly unknown[]): string {
  return ["/api/runs", ...[run_id, ...more].map((part) => encodeURIComponent(String(part)))].join("/");
}
