/** Commands that are too long for a frame of the WebSocket: the same ones, over HTTP. */

import type { Outcome } from "./commands";
import { problemFrom } from "./http";
import { post } from "./posting";
import { isObject, type JsonObject } from "./read";
import { uuid } from "./uuid";
import type { CommandName } from "./wire";

/** Below the 256 KiB of a frame, with room for what JSON escapes. */
const FRAME_CHARACTERS = 60_000;

export function isLarge(args: JsonObject): boolean {
  return JSON.stringify(args).length > FRAME_CHARACTERS;
}

/** It never rejects. Sent again under the same `id`, a command takes effect once. */
export async function commandByHttp(name: CommandName, args: JsonObject, id = uuid()): Promise<Outcome> {
  try {
    const fetching = (path: string, how: RequestInit) => fetch(path, how);
    const reply = await post(fetching, { type: "command", id, name, args });
    if (reply.error !== undefined) return { ok: false, error: reply.error };
    return { ok: true, result: isObject(reply.result) ? reply.result : {} };
  } catch (error) {
    return { ok: false, error: problemFrom(error) };
  }
}
