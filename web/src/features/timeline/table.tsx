import { useMemo } from "react";
import { span } from "@/lib/format";
import { VirtualList } from "@/ui/virtual-list";
import { words } from "@/words";
import { preciseTime } from "./axis";
import { type Bar, lengthOf, STATES } from "./bars";
import { keyOf } from "./chart-keys";
import { type Lane, type Lanes, rowsOf, totalsOf } from "./lanes";
import { BAR_LOOKS, Swatch } from "./looks";
import { barName, laneName } from "./sentences";

const says = words.timeline;

interface Props {
  readonly lanes: Lanes;
  readonly now: number;
  /** The event at this position is to be looked at. */
  readonly onGo: (position: number) => void;
}

/** The chart in words and numbers. */
export function BarsTable({ lanes, now, onGo }: Props) {
  const steps = lanes.lanes.filter(({ step }) => step !== null);
  return (
    <div className="flex min-h-0 flex-col gap-4 overflow-y-auto border-t bg-panel p-3 sm:p-4">
      <section aria-label={says.totals}>
        <h2 className="mb-1.5 text-xs font-medium text-ink-2">{says.totals}</h2>
        <Totals lanes={steps} now={now} />
      </section>
      <section aria-label={says.bars} className="flex min-h-0 flex-col">
        <h2 className="mb-1.5 text-xs font-medium text-ink-2">{says.bars}</h2>
        <Bars lanes={lanes.lanes} now={now} onGo={onGo} />
      </section>
    </div>
  );
}

function Totals({ lanes, now }: { lanes: readonly Lane[]; now: number }) {
  return (
    <div
      className="overflow-x-auto rounded-lg border bg-raised"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a wide table can be scrolled with the keyboard no other way
      tabIndex={0}
    >
      <table className="w-full text-[13px]">
        <thead>
          <tr className="text-xs text-ink-2">
            <th scope="col" className="px-3 py-1.5 text-left font-medium">
              {says.step}
            </th>
            {STATES.map((kind) => (
              <th key={kind} scope="col" className="px-3 py-1.5 text-right font-medium whitespace-nowrap">
                <span className="inline-flex items-center gap-1.5">
                  <Swatch kind={kind} /> {BAR_LOOKS[kind].word}
                </span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {lanes.map((lane) => {
            const totals = totalsOf(lane, now);
            return (
              <tr key={lane.step} className="border-t">
                <th scope="row" className="px-3 py-1.5 text-left font-medium whitespace-nowrap">
                  {laneName(lane)}
                </th>
                {STATES.map((kind) => (
                  <td key={kind} className="px-3 py-1.5 text-right whitespace-nowrap text-ink-2 tabular-nums">
                    {totals[kind] === 0 ? says.none : span(totals[kind])}
                  </td>
                ))}
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

interface Entry {
  readonly key: string;
  readonly lane: Lane;
  readonly bar: Bar;
}

function entriesOf(lanes: readonly Lane[]): readonly Entry[] {
  const entries = lanes.flatMap((lane) =>
    rowsOf(lane).flatMap((row) => row.map((bar) => ({ key: keyOf(lane.step, bar), lane, bar }))),
  );
  return entries.sort((a, b) => a.bar.start - b.bar.start || a.bar.position - b.bar.position);
}

/** Every bar, in the order of their beginning. */
function Bars({ lanes, now, onGo }: { lanes: readonly Lane[]; now: number; onGo: Props["onGo"] }) {
  const entries = useMemo(() => entriesOf(lanes), [lanes]);
  return (
    <div className="flex h-72 flex-col overflow-hidden rounded-lg border bg-raised">
      <VirtualList label={says.bars} items={entries} keyOf={({ key }) => key} estimate={33}>
        {({ lane, bar }) => (
          <button
            type="button"
            onClick={() => onGo(bar.position)}
            className="grid min-h-8 w-full grid-cols-[20px_minmax(0,1fr)_auto] items-center gap-x-2.5 px-3 py-1 text-left text-[13px] -outline-offset-2 hover:bg-hover pointer-coarse:min-h-11"
          >
            <Swatch kind={bar.kind} />
            <span className="truncate">
              {laneName(lane)} · {barName(bar)}
            </span>
            <span className="text-xs whitespace-nowrap text-ink-2 tabular-nums max-sm:col-span-2 max-sm:col-start-2">
              {preciseTime(bar.start)} {bar.end === null ? "" : `– ${preciseTime(bar.end)}`} ·{" "}
              {span(lengthOf(bar, now))}
              {bar.end === null && `, ${says.stillGoing}`}
            </span>
          </button>
        )}
      </VirtualList>
    </div>
  );
}
