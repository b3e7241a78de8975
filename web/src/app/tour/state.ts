/** Who was shown round already, and what is being shown: in two parts, each where its things are. */

import { createStore, type StoreApi } from "zustand/vanilla";
import { keep, stored, TOUR_KEY } from "@/lib/stored";

export type Part = "home" | "project";
export const PARTS: readonly Part[] = ["home", "project"];

export interface Tour {
  readonly part: Part;
  /** Somebody asked for it: then it may have the focus. */
  readonly asked: boolean;
}

export const tour: StoreApi<Tour | null> = createStore<Tour | null>(() => null);

function seen(): readonly string[] {
  return (stored(TOUR_KEY) ?? "").split(" ");
}

export function isNew(part: Part): boolean {
  return !seen().includes(part);
}

export function startTour(part: Part, asked: boolean): void {
  tour.setState({ part, asked }, true);
}

/** What it is about is out of sight: another time. */
export function leaveTour(): void {
  tour.setState(null, true);
}

/** Over: it never comes by itself again. `all`: nothing of it does. */
export function endTour(all: boolean): void {
  const { part } = tour.getState() ?? { part: null };
  const over = PARTS.filter((one) => all || one === part || !isNew(one));
  keep(TOUR_KEY, over.join(" "));
  tour.setState(null, true);
}
