import { words } from "@/words";
import type { Part } from "./state";

const says = words.tour.steps;

export interface TourStep {
  /** What it is about: the first of these on the page. */
  readonly about: string;
  readonly title: string;
  readonly text: string;
}

const STEPS: Readonly<Record<Part, readonly TourStep[]>> = {
  home: [
    { about: "[data-tour=brief]", ...says.brief },
    { about: "nav a[href='/inbox']", ...says.inbox },
    { about: "nav a[href^='/monitor']", ...says.monitor },
  ],
  project: [
    { about: "[data-tour=team]", ...says.team },
    { about: "[data-tour=conversation]", ...says.conversation },
    { about: "[data-tour=artifacts]", ...says.artifacts },
  ],
};

/** The element that a step is about; null where it is not on the page, or out of sight. */
export function elementOf({ about }: TourStep): HTMLElement | null {
  const found = document.querySelector<HTMLElement>(about);
  return found !== null && found.getClientRects().length > 0 ? found : null;
}

/** Those that can be shown now: on a phone some things are behind tabs. */
export function stepsOf(part: Part): readonly TourStep[] {
  return STEPS[part].filter((step) => elementOf(step) !== null);
}
