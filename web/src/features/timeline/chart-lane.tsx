import { memo } from "react";
import { cn } from "@/ui/cn";
import type { Range } from "./axis";
import type { Bar, Row } from "./bars";
import { keyOf } from "./chart-keys";
import { drawnOf, placeOf } from "./drawn";
import type { Lane } from "./lanes";
import { BAR_LOOKS, barClass } from "./looks";
import { barWords, laneName, phaseWord } from "./sentences";

interface LaneProps {
  readonly lane: Lane;
  readonly range: Range;
  readonly now: number;
  /** The key of the bar that the tabulator reaches, where it is in this lane. */
  readonly reached: string | null;
}

/** A step with its phases, what it was doing, its messages and its tool calls. */
export const ChartLane = memo(function ChartLane({ lane, range, now, reached }: LaneProps) {
  const step = lane.step !== null;
  const shared = { lane, range, now, reached };
  return (
    <fieldset className="contents">
      <legend className="sr-only">{laneName(lane)}</legend>
      <span
        className="truncate border-t py-1 pr-2 pl-3 text-[13px] font-medium sm:pl-4"
        title={laneName(lane)}
        aria-hidden="true"
      >
        {laneName(lane)}
      </span>
      <div className="flex min-w-0 flex-col gap-0.5 overflow-hidden border-t border-l py-1">
        {step && <Bars {...shared} row={lane.phases} className="h-4" labelled />}
        <Bars {...shared} row={lane.states} className={step ? "h-4.5" : "h-4"} labelled />
        {step && <Bars {...shared} row={lane.messages} className="h-[5px]" />}
        {step && <Bars {...shared} row={lane.tools} className="h-[5px]" />}
      </div>
    </fieldset>
  );
});

interface BarsProps extends LaneProps {
  readonly row: Row;
  readonly className: string;
  /** Whether a bar's word stands in it where there is room. */
  readonly labelled?: boolean;
}

function Bars({ lane, row, range, now, reached, className, labelled = false }: BarsProps) {
  return (
    <div className={cn("relative", className)}>
      {drawnOf(row, range, now).map((bar) => {
        const key = keyOf(lane.step, bar);
        const { left, width } = placeOf(bar, range, now);
        return (
          <button
            key={key}
            type="button"
            data-bar={key}
            tabIndex={key === reached ? 0 : -1}
            aria-label={`${laneName(lane)}: ${barWords(bar, now)}`}
            className={cn("@container absolute inset-y-0 overflow-hidden rounded-[3px]", barClass(bar))}
            style={{ left: `${left}%`, width: `max(3px, ${width}%)` }}
          >
            {labelled && <BarLabel bar={bar} />}
          </button>
        );
      })}
    </div>
  );
}

/** On a pattern a word needs a ground of its own. */
const PATTERNED: ReadonlySet<Bar["kind"]> = new Set(["held", "limit"]);

function BarLabel({ bar }: { bar: Bar }) {
  const { icon: Icon, word } = BAR_LOOKS[bar.kind];
  return (
    <span className="hidden h-full items-center px-1 text-[11px] leading-none whitespace-nowrap @min-[72px]:flex">
      <span
        className={cn(
          "inline-flex items-center gap-1",
          PATTERNED.has(bar.kind) && "rounded-sm bg-canvas px-1 py-px",
        )}
      >
        <Icon className="size-3 shrink-0" aria-hidden="true" />
        {bar.kind === "phase" ? phaseWord(bar) : word}
      </span>
    </span>
  );
}
