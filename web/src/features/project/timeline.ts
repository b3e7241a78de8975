/** The conversation as a document: everything that was said and done, in order, under the agent it belongs to. */

import type {
  ErrorView,
  MessageView,
  NoteView,
  RequestView,
  RunView,
  StepView,
  ToolCallView,
} from "@/lib/views";
import { words } from "@/words";

interface Placed {
  readonly id: string;
  readonly at: string;
  /** The step it belongs to; null: to the run. */
  readonly step: string | null;
}

export type Entry = Placed &
  (
    | { readonly type: "message"; readonly message: MessageView; readonly label: string | null }
    | { readonly type: "tools"; readonly calls: readonly ToolCallView[] }
    | { readonly type: "note"; readonly note: NoteView }
    | { readonly type: "error"; readonly errors: readonly ErrorView[] }
    | { readonly type: "request"; readonly request: RequestView }
  );

/** What stands under one heading. `step` is null before any agent began. */
export interface Section {
  readonly id: string;
  readonly step: StepView | null;
  readonly entries: readonly Entry[];
}

export function sectionsOf(view: RunView): readonly Section[] {
  const steps = new Map(view.steps.map((step) => [step.step, step]));
  const sections: { id: string; step: StepView | null; entries: Entry[] }[] = [];
  for (const entry of labelled(joined(entriesOf(view)), steps)) {
    const step = entry.step === null ? null : (steps.get(entry.step) ?? null);
    const last = sections.at(-1);
    if (last === undefined || (step !== null && last.step?.step !== step.step)) {
      sections.push({ id: entry.id, step, entries: [entry] });
    } else {
      last.entries.push(entry);
    }
  }
  return sections;
}

function entriesOf(view: RunView): Entry[] {
  const entries: Entry[] = [];
  for (const { step, messages, tool_calls } of view.steps) {
    for (const message of messages) {
      const { message_id: id, started_at: at } = message;
      entries.push({ type: "message", id, at, step, message, label: null });
    }
    for (const call of tool_calls) {
      entries.push({ type: "tools", id: call.call_id, at: call.started_at, step, calls: [call] });
    }
  }
  for (const note of view.notes) {
    entries.push({ type: "note", id: note.note_id, at: note.timestamp, step: null, note });
  }
  for (const error of view.errors) {
    entries.push({
      type: "error",
      id: error.error_id,
      at: error.timestamp,
      step: error.step,
      errors: [error],
    });
  }
  for (const request of view.requests) {
    entries.push({
      type: "request",
      id: request.request_id,
      at: request.opened_at,
      step: request.step,
      request,
    });
  }
  return entries.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}

/** Calls that follow each other stand in one fold, and failures of one cause on one card. */
function joined(entries: readonly Entry[]): Entry[] {
  const all: Entry[] = [];
  for (const entry of entries) {
    const last = all.at(-1);
    const both = last === undefined ? null : together(last, entry);
    if (both === null) all.push(entry);
    else all[all.length - 1] = both;
  }
  return all;
}

function together(last: Entry, entry: Entry): Entry | null {
  if (last.type === "tools" && entry.type === "tools" && last.step === entry.step)
    return { ...last, calls: [...last.calls, ...entry.calls] };
  if (last.type === "error" && entry.type === "error" && sameCause(last.errors[0], entry.errors[0]))
    return { ...last, errors: [...last.errors, ...entry.errors] };
  return null;
}

function sameCause(a: ErrorView | undefined, b: ErrorView | undefined): boolean {
  return a?.code === b?.code && a?.message === b?.message && a?.severity === b?.severity;
}

/** A message says which phase and attempt it belongs to where that changes. */
function labelled(entries: readonly Entry[], steps: ReadonlyMap<string, StepView>): Entry[] {
  const before = new Map<string, string | null>();
  return entries.map((entry) => {
    if (entry.type !== "message" || entry.step === null) return entry;
    const label = labelOf(entry.message, steps.get(entry.step));
    const changed = label !== (before.get(entry.step) ?? null);
    before.set(entry.step, label);
    return changed ? { ...entry, label } : entry;
  });
}

function labelOf({ phase, attempt }: MessageView, step: StepView | undefined): string | null {
  const parts = [];
  if (step !== undefined && step.phases.length > 1) parts.push(phase);
  if (attempt > 1) parts.push(words.conversation.attempt(attempt));
  return parts.length > 0 ? parts.join(", ") : null;
}
