/** Parts of a conversation that has become longer than what a run's view holds. */

import type { MessageView, PastMessage, RunView, StepView } from "@/lib/views";

/** So many messages a run's view holds at most; the server has the others. */
export const MESSAGES_HELD = 200;
/** Drawn, or left undrawn, together. */
const CHUNK = 40;

/** Messages that follow each other, oldest first. */
export type Chunk = readonly PastMessage[];

/** The messages that the view holds, oldest first. */
export function heldBy(view: RunView): Chunk {
  return view.steps
    .flatMap(({ step, messages }) => messages.map((message) => ({ ...message, step })))
    .sort((a, b) => (a.started_at < b.started_at ? -1 : a.started_at > b.started_at ? 1 : 0));
}

/** `messages` before `chunks`, whose identity stays. */
export function withEarlier(chunks: readonly Chunk[], messages: Chunk): readonly Chunk[] {
  const first = messages.length % CHUNK;
  const cuts = first === 0 ? [] : [messages.slice(0, first)];
  for (let at = first; at < messages.length; at += CHUNK) cuts.push(messages.slice(at, at + CHUNK));
  return [...cuts, ...chunks];
}

/** `messages` behind `chunks`: the view lets go of them, and they stay where they are read. */
export function withLater(chunks: readonly Chunk[], messages: Chunk): readonly Chunk[] {
  const last = chunks.at(-1);
  if (last === undefined || last.length + messages.length > CHUNK) return [...chunks, messages];
  return [...chunks.slice(0, -1), [...last, ...messages]];
}

/** The messages of `before` that `now` holds no more. */
export function droppedBetween(before: RunView, now: RunView): Chunk {
  if (before.steps === now.steps) return [];
  const still = new Set(now.steps.flatMap(({ messages }) => messages.map((one) => one.message_id)));
  return heldBy(before).filter(({ message_id, finish }) => finish !== null && !still.has(message_id));
}

interface Span {
  /** Null: with everything before. */
  readonly from: string | null;
  /** Null: with everything after. */
  readonly to: string | null;
}

/** The run with these messages alone, and with what else happened from `from` until before `to`. */
export function duringOf(view: RunView, messages: Chunk | null, { from, to }: Span): RunView {
  const within = (at: string) => (from === null || at >= from) && (to === null || at < to);
  const steps = view.steps.map(
    (step): StepView => ({
      ...step,
      messages: messages === null ? step.messages : messages.filter((one) => one.step === step.step),
      tool_calls: step.tool_calls.filter((call) => within(call.started_at)),
    }),
  );
  return {
    ...view,
    steps,
    notes: view.notes.filter((note) => within(note.timestamp)),
    errors: view.errors.filter((error) => within(error.timestamp)),
    requests: view.requests.filter((request) => within(request.opened_at)),
  };
}

/** True where nothing differs but the messages that the views hold, and how far their writing is. */
export function sameBesideMessages(a: RunView, b: RunView): boolean {
  return (
    a.status === b.status &&
    a.notes === b.notes &&
    a.errors === b.errors &&
    a.requests === b.requests &&
    a.steps.every((step, at) => {
      const other = b.steps[at];
      return step === other || (step.tool_calls === other?.tool_calls && step.status === other.status);
    })
  );
}

export function startOf(messages: readonly Pick<MessageView, "started_at">[]): string | null {
  return messages[0]?.started_at ?? null;
}
