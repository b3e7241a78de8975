/** Files that go with a brief: the server takes the text out of each before a project starts. */

import { getBlob, sendJson } from "./http";
import { count, flag, lenient, list, oneOf, record, text, type Value } from "./read";

export const ATTACHED_MOST = 10;
export const ATTACHED_BYTES = 10 * 1024 * 1024;
/** Of all texts together, in code points. */
export const ATTACHED_CHARACTERS = 100_000;

/** What `attachments` of a new project takes, as it is. */
export const readAttached = record({
  name: text,
  media_type: lenient(oneOf("text/plain", "text/markdown", "application/pdf"), "text/plain"),
  size: count,
  cut: flag,
  text,
});
export type Attached = Value<typeof readAttached>;
export const readAttachedList = list(readAttached, ATTACHED_MOST);

/** Raises RequestFailed with the sentence for a file that cannot be taken. */
export function takeText(file: File, signal: AbortSignal): Promise<Attached> {
  const name = encodeURIComponent(shownName(file.name));
  return sendJson("POST", `/api/attachments?name=${name}`, readAttached, file, { signal });
}

/** The text of a file that was attached; `number` counts from 1. */
export async function getAttachedText(runId: string, number: number, signal?: AbortSignal): Promise<string> {
  const blob = await getBlob(`/api/runs/${encodeURIComponent(runId)}/attachments/${number}`, signal);
  return blob.text();
}

/** On one line, without characters that are not seen or turn the text around. The server does the same. */
export function shownName(name: string): string {
  return (
    name
      .replace(/[\p{C}\p{Z}]+/gu, " ")
      .trim()
      .slice(-200) || "file"
  );
}
