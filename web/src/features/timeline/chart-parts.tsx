import { ChevronLeft, ChevronRight, Maximize2, ZoomIn, ZoomOut } from "lucide-react";
import { IconButton } from "@/ui/button";
import { words } from "@/words";
import { LEAST_MS, length, type Range } from "./axis";
import type { BarKind } from "./bars";
import { BAR_LOOKS, Swatch } from "./looks";

const says = words.timeline;

interface WaysProps {
  readonly range: Range;
  readonly whole: Range;
  readonly zoom: (factor: number) => void;
  readonly move: (share: number) => void;
  readonly showAll: () => void;
}

/** Zooming, and going to what lies beside what is shown. */
export function Ways({ range, whole, zoom, move, showAll }: WaysProps) {
  const all = range.from <= whole.from && range.to >= whole.to;
  return (
    <div className="flex items-center">
      <IconButton label={says.earlier} onClick={() => move(-1 / 2)} disabled={range.from <= whole.from}>
        <ChevronLeft aria-hidden="true" />
      </IconButton>
      <IconButton label={says.later} onClick={() => move(1 / 2)} disabled={range.to >= whole.to}>
        <ChevronRight aria-hidden="true" />
      </IconButton>
      <IconButton label={says.zoomOut} onClick={() => zoom(1 / 2)} disabled={all}>
        <ZoomOut aria-hidden="true" />
      </IconButton>
      <IconButton label={says.zoomIn} onClick={() => zoom(2)} disabled={length(range) <= LEAST_MS}>
        <ZoomIn aria-hidden="true" />
      </IconButton>
      <IconButton label={says.fit} onClick={showAll} disabled={all}>
        <Maximize2 aria-hidden="true" />
      </IconButton>
    </div>
  );
}

const LEGEND: readonly BarKind[] = [
  "phase",
  "queued",
  "working",
  "thinking",
  "limit",
  "retry",
  "person",
  "held",
  "message",
  "tool",
];

export function Legend() {
  return (
    <ul
      aria-label={says.legend}
      className="flex shrink-0 flex-wrap gap-x-4 gap-y-1 px-3 py-2 text-xs text-ink-2 sm:px-4"
    >
      {LEGEND.map((kind) => (
        <li key={kind} className="flex items-center gap-1.5">
          <Swatch kind={kind} />
          {BAR_LOOKS[kind].word}
        </li>
      ))}
    </ul>
  );
}
