import { useMemo, useState } from "react";
import { moved, type Range, showing, wholeRange, zoomed } from "./axis";
import type { Lanes } from "./lanes";

interface Use {
  /** Keeps its identity while it says the same. */
  readonly range: Range;
  readonly whole: Range;
  /** By a factor around a moment; null: the one that is looked at. */
  readonly zoom: (factor: number, around: number | null) => void;
  /** By a share of what is shown. */
  readonly move: (share: number) => void;
  /** All of the run. */
  readonly showAll: () => void;
}

/** The part of the time that is shown. It goes along with the moment that is looked at. */
export function useRange(lanes: Lanes, now: number, earlier: boolean, moment: number): Use {
  const [chosen, setChosen] = useState<Range | null>(null);
  const [seen, setSeen] = useState(moment);
  const whole = wholeRange(lanes, now, earlier);
  if (moment !== seen) {
    setSeen(moment);
    if (chosen !== null) setChosen(showing(chosen, whole, moment));
  }
  const { from, to } = chosen ?? whole;
  const range = useMemo(() => ({ from, to }), [from, to]);
  const choose = (next: Range) => setChosen(next.from <= whole.from && next.to >= whole.to ? null : next);
  return {
    range,
    whole,
    zoom: (factor, around) => choose(zoomed(range, whole, factor, around ?? moment)),
    move: (share) => choose(moved(range, whole, share)),
    showAll: () => setChosen(null),
  };
}
