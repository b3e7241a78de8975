/** A step's messages: finding, ordering and extending them. */

import { codePoints, takeCodePoints } from "./codepoints";
import type { MessageView, StepView } from "./views";

type Channel = "text" | "thinking";

/** Code points of texts that grow, so that a delta costs as much as it is long and not as much as all before it. */
const lengths = new WeakMap<MessageView, Readonly<Record<Channel, number>>>();

export function messageOf(step: StepView, id: string): MessageView | undefined {
  return step.messages.findLast((message) => message.message_id === id);
}

/** By `started_at`, then `message_id`. */
export function compareMessages(a: MessageView, b: MessageView): number {
  if (a.started_at !== b.started_at) return a.started_at < b.started_at ? -1 : 1;
  if (a.message_id !== b.message_id) return a.message_id < b.message_id ? -1 : 1;
  return 0;
}

export function withMessage(step: StepView, message: MessageView): StepView {
  const last = step.messages.at(-1);
  if (last?.message_id === message.message_id && last.started_at === message.started_at) {
    return { ...step, messages: step.messages.with(-1, message) };
  }
  const others = step.messages.filter((one) => one.message_id !== message.message_id);
  const behind = others.findIndex((one) => compareMessages(one, message) > 0);
  return { ...step, messages: others.toSpliced(behind < 0 ? others.length : behind, 0, message) };
}

/**
 * The message with `addition` at `offset` code points of `channel`. A smaller offset cuts what is held; one
 * behind its end cannot be placed: null.
 */
export function extendMessage(
  held: MessageView,
  channel: Channel,
  offset: number,
  addition: string,
): MessageView | null {
  const known = lengthsOf(held);
  if (offset > known[channel]) return null;
  const before = offset === known[channel] ? held[channel] : takeCodePoints(held[channel], offset);
  const message = { ...held, [channel]: before + addition };
  lengths.set(message, { ...known, [channel]: offset + codePoints(addition) });
  return message;
}

function lengthsOf(message: MessageView): Readonly<Record<Channel, number>> {
  const known = lengths.get(message) ?? {
    text: codePoints(message.text),
    thinking: codePoints(message.thinking),
  };
  lengths.set(message, known);
  return known;
}
