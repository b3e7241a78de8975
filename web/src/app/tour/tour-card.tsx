import { X } from "lucide-react";
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import { Button, IconButton } from "@/ui/button";
import { words } from "@/words";
import { type Box, placed } from "./place";
import { endTour, leaveTour, type Tour } from "./state";
import { elementOf, stepsOf, type TourStep } from "./steps";

const says = words.tour;
const DIALOGS = "[role=dialog], [role=alertdialog]";

/** One thing after another, beside it. It takes the focus from nobody, and covers nothing but what it stands on. */
export function TourCard({ tour }: { tour: Tour }) {
  const [steps] = useState(() => stepsOf(tour.part));
  const [at, setAt] = useState(0);
  const step = steps[at];
  const skip = useCallback(() => endTour(true), []);
  const done = at === steps.length - 1;
  useEscape(skip);
  useEffect(() => {
    // There is nothing to be shown here.
    if (step === undefined) endTour(false);
  }, [step]);
  if (step === undefined) return null;
  return (
    <Beside step={step} asked={tour.asked} onGone={leaveTour}>
      <div className="flex items-start gap-2">
        <div className="min-w-0 flex-1" aria-live="polite">
          <p className="text-sm font-semibold">{step.title}</p>
          <p className="mt-1 text-[13px] leading-relaxed text-ink-2">{step.text}</p>
        </div>
        <IconButton label={says.skip} onClick={skip} className="-mt-1.5 -mr-1.5">
          <X aria-hidden="true" />
        </IconButton>
      </div>
      <div className="mt-3 flex items-center gap-2">
        <span className="flex-1 text-xs text-ink-3 tabular-nums">{says.of(at + 1, steps.length)}</span>
        {at > 0 && (
          <Button look="quiet" onClick={() => setAt(at - 1)}>
            {says.back}
          </Button>
        )}
        <Button data-next="" look="primary" onClick={() => (done ? endTour(false) : setAt(at + 1))}>
          {done ? says.done : says.next}
        </Button>
      </div>
    </Beside>
  );
}

/** Escape ends it, unless something else on top of the page is meant. */
function useEscape(skip: () => void): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key !== "Escape" || event.defaultPrevented) return;
      if (document.querySelector(DIALOGS) === null) skip();
    };
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  }, [skip]);
}

interface BesideProps {
  readonly step: TourStep;
  readonly asked: boolean;
  /** What it is about left the page. */
  readonly onGone: () => void;
  readonly children: React.ReactNode;
}

function Beside({ step, asked, onGone, children }: BesideProps) {
  const card = useRef<HTMLElement>(null);
  const [place, setPlace] = useState<{
    readonly about: Box;
    readonly left: number;
    readonly top: number;
  } | null>(null);
  useLayoutEffect(() => {
    const measure = () => {
      const element = elementOf(step);
      if (element === null || card.current === null) return onGone();
      const { left, top, width, height } = element.getBoundingClientRect();
      const about = { left, top, width, height };
      const size = { width: card.current.offsetWidth, height: card.current.offsetHeight };
      const around = { width: innerWidth, height: innerHeight };
      setPlace({ about, ...placed(about, size, around) });
    };
    measure();
    // It moves with the page: the window's size, what scrolls, and what grows.
    const observer = new ResizeObserver(measure);
    observer.observe(document.body);
    const element = elementOf(step);
    if (element !== null) observer.observe(element);
    addEventListener("scroll", measure, { capture: true, passive: true });
    addEventListener("resize", measure);
    return () => {
      observer.disconnect();
      removeEventListener("scroll", measure, { capture: true });
      removeEventListener("resize", measure);
    };
  }, [step, onGone]);
  const there = place !== null;
  useEffect(() => {
    // What cannot be seen yet takes no focus.
    if (asked && there) card.current?.querySelector<HTMLElement>("[data-next]")?.focus();
  }, [asked, there]);
  return (
    <>
      {place !== null && (
        <div
          aria-hidden="true"
          className="pointer-events-none fixed z-30 animate-fade rounded-xl border-2 border-active"
          style={ringOf(place.about)}
        />
      )}
      <section
        ref={card}
        aria-label={says.label}
        style={place === null ? { visibility: "hidden" } : { left: place.left, top: place.top }}
        className="fixed z-40 w-[min(320px,calc(100vw-16px))] animate-fade rounded-xl border border-line-strong bg-raised p-4 shadow-raised"
      >
        {children}
      </section>
    </>
  );
}

/** Round it, and inside the window. */
function ringOf({ left, top, width, height }: Box) {
  const from = { left: Math.max(2, left - 4), top: Math.max(2, top - 4) };
  const to = {
    right: Math.min(innerWidth - 2, left + width + 4),
    bottom: Math.min(innerHeight - 2, top + height + 4),
  };
  return { ...from, width: to.right - from.left, height: to.bottom - from.top };
}
