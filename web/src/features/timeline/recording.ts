/**
 * The events of a run that are held, and the run as it was at any of them.
 *
 * Pure. Events stand in chunks, each with the run as it was before it: whoever wants a moment folds one chunk at most,
 * and the oldest chunk can go without anything being lost but its events themselves.
 */

import { evolve } from "@/lib/reduce";
import type { RunView } from "@/lib/views";
import type { Event } from "@/lib/wire";
import { evolveLanes, type Lanes, NO_LANES } from "./lanes";

export const CHUNK_EVENTS = 100;
export const EVENTS_KEPT = 20_000;
/** Of texts, over all events: some 64 MB. */
export const CHARACTERS_KEPT = 32 * 1024 * 1024;

interface Chunk {
  /** The run before the first of these events; null: it had not begun. */
  readonly before: RunView | null;
  /** All chunks but the last have `CHUNK_EVENTS`. */
  readonly events: readonly Event[];
  readonly characters: number;
}

export interface Recording {
  readonly chunks: readonly Chunk[];
  /** The run after the last event. */
  readonly head: RunView | null;
  /** Of all events, also of those that are not held any more. */
  readonly lanes: Lanes;
  /** How many events there are. */
  readonly count: number;
  /** How many older ones were let go. */
  readonly left: number;
  /** Of the last event; 0 before the first. */
  readonly position: number;
  readonly version: number;
}

export const NOTHING_RECORDED: Recording = {
  chunks: [],
  head: null,
  lanes: NO_LANES,
  count: 0,
  left: 0,
  position: 0,
  version: 0,
};

/** Whether nothing is missing between what is held and these events. Pieces of text have no version to tell it by. */
export function continues(recording: Recording, events: readonly Event[]): boolean {
  let { version } = recording;
  for (const event of events) {
    if (event.version === null) continue;
    if (event.version !== version + 1) return false;
    version = event.version;
  }
  return true;
}

/** The recording with `events`, which are in order; those that it has already are passed over. */
export function extended(recording: Recording, events: readonly Event[]): Recording {
  let { head, lanes, count, position, version } = recording;
  const chunks = [...recording.chunks];
  for (const event of events) {
    if (event.position <= position) continue;
    append(chunks, head, event);
    head = evolve(head, event);
    lanes = evolveLanes(lanes, event);
    position = event.position;
    version = event.version ?? version;
    count += 1;
  }
  if (count === recording.count) return recording;
  return bounded({ chunks, head, lanes, count, left: recording.left, position, version });
}

function append(chunks: Chunk[], before: RunView | null, event: Event): void {
  const last = chunks.at(-1);
  const characters = weight(event);
  if (last === undefined || last.events.length >= CHUNK_EVENTS) {
    chunks.push({ before, events: [event], characters });
    return;
  }
  const events = [...last.events, event];
  chunks[chunks.length - 1] = { ...last, events, characters: last.characters + characters };
}

function weight({ content, data }: Event): number {
  return content.length + (data.type === "agent_response" ? data.thinking.length : 0);
}

function bounded(recording: Recording): Recording {
  const chunks = [...recording.chunks];
  let { count, left } = recording;
  let characters = chunks.reduce((sum, chunk) => sum + chunk.characters, 0);
  while (chunks.length > 1 && (count > EVENTS_KEPT || characters > CHARACTERS_KEPT)) {
    const gone = chunks.shift();
    const events = gone?.events.length ?? 0;
    count -= events;
    left += events;
    characters -= gone?.characters ?? 0;
  }
  return { ...recording, chunks, count, left };
}

/** Undefined where there is no such place. */
export function eventAt(recording: Recording, index: number): Event | undefined {
  return recording.chunks[Math.floor(index / CHUNK_EVENTS)]?.events[index % CHUNK_EVENTS];
}

/** The place of the last event at or before `position`; the first one where all come later. -1: there are none. */
export function indexOf(recording: Recording, position: number): number {
  let low = 0;
  let high = recording.count - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((eventAt(recording, middle)?.position ?? 0) <= position) low = middle;
    else high = middle - 1;
  }
  return high;
}

/** The run right after the event at this place; null before it began. */
export function viewAt(recording: Recording, index: number): RunView | null {
  if (index >= recording.count - 1) return recording.head;
  const chunk = recording.chunks[Math.floor(index / CHUNK_EVENTS)];
  if (chunk === undefined) return null;
  return chunk.events.slice(0, (index % CHUNK_EVENTS) + 1).reduce(evolve, chunk.before);
}

export function allEvents(recording: Recording): readonly Event[] {
  return recording.chunks.flatMap((chunk) => chunk.events);
}
