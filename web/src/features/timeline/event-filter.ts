/** Which events the list shows. */

import type { Event } from "@/lib/wire";

export interface EventFilter {
  /** A type; "" for all. */
  readonly type: string;
  /** A step's id; "" for all, and for what concerns none. */
  readonly step: string;
}

export const EVERY_EVENT: EventFilter = { type: "", step: "" };

/** Also of an event that this page does not understand. */
export function stepOf({ metadata }: Event): string | null {
  return typeof metadata.step === "string" ? metadata.step : null;
}

export function filtered(events: readonly Event[], { type, step }: EventFilter): readonly Event[] {
  if (type === "" && step === "") return events;
  return events.filter(
    (event) => (type === "" || event.type === type) && (step === "" || stepOf(event) === step),
  );
}

/** The types that there are, in the order in which they came first. */
export function typesOf(events: readonly Event[]): readonly string[] {
  return [...new Set(events.map(({ type }) => type))];
}

/** The place of the last event at or before `position`; -1 where all come later. */
export function placeAt(events: readonly Event[], position: number): number {
  let low = -1;
  let high = events.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((events[middle]?.position ?? 0) <= position) low = middle;
    else high = middle - 1;
  }
  return high;
}
