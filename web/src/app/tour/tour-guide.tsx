import { useLocation } from "@tanstack/react-router";
import { useEffect } from "react";
import { useStore } from "zustand/react";
import { useConnected } from "@/lib/use-live";
import { later } from "@/ui/later";
import { Opened } from "@/ui/opened";
import { isNew, leaveTour, type Part, startTour, type Tour, tour } from "./state";
import { stepsOf } from "./steps";

export const TourCard = later<{ tour: Tour }>(() => import("./tour-card").then((all) => all.TourCard));

/** A newcomer looks at the page for this long (ms) before anybody speaks. */
const SETTLES_MS = 1_200;

/** Which part of the tour belongs to a page; null: none. */
export function partOf(path: string): Part | null {
  if (path === "/") return "home";
  return /^\/projects\/[^/]+$/.test(path) ? "project" : null;
}

/** Shows a newcomer round once, where there is something to be shown. */
export function TourGuide() {
  const shown = useStore(tour);
  const part = useLocation({ select: ({ pathname }) => partOf(pathname) });
  const connected = useConnected();
  useEffect(() => {
    if (part === null || !connected || !isNew(part)) return;
    const timer = setTimeout(() => {
      const free = document.querySelector("[role=dialog], [role=alertdialog]") === null;
      if (free && tour.getState() === null && stepsOf(part).length > 0) startTour(part, false);
    }, SETTLES_MS);
    return () => clearTimeout(timer);
  }, [part, connected]);
  if (shown === null || shown.part !== part) return null;
  return (
    <Opened onFailed={leaveTour}>
      <TourCard key={shown.part} tour={shown} />
    </Opened>
  );
}
