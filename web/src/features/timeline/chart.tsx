import { type KeyboardEvent, type SyntheticEvent, useMemo, useRef, useState } from "react";
import { words } from "@/words";
import type { Range } from "./axis";
import type { Bar, Row } from "./bars";
import { Axis, Line } from "./chart-axis";
import { isDirection, keyOf, nextBar } from "./chart-keys";
import { ChartLane } from "./chart-lane";
import { Legend, Ways } from "./chart-parts";
import { drawnOf } from "./drawn";
import { type Lane, type Lanes, rowsOf, sharesEarlier } from "./lanes";
import { barWords, laneName } from "./sentences";
import { useRange } from "./use-range";

const says = words.timeline;

interface Props {
  readonly lanes: Lanes;
  readonly now: number;
  /** Of the event that is looked at, in milliseconds since 1970. */
  readonly moment: number;
  /** The event at this position is to be looked at. */
  readonly onGo: (position: number) => void;
}

/** The run over time: a lane for each step, and a line where one looks. */
export function Chart({ lanes, now, moment, onGo }: Props) {
  const [earlier, setEarlier] = useState(false);
  const { range, whole, zoom, move, showAll } = useRange(lanes, now, earlier, moment);
  const [pointed, setPointed] = useState<string | null>(null);
  const [focused, setFocused] = useState<string | null>(null);
  const element = useRef<HTMLDivElement>(null);
  const drawn = useMemo(() => drawnBars(lanes.lanes, range, now), [lanes.lanes, range, now]);
  const reached = drawn.bars.get(focused ?? "") ?? drawn.bars.values().next().value;
  const told = drawn.bars.get(pointed ?? "");
  const focus = (bar: Bar | null) => {
    const key = bar && drawn.keys.get(bar);
    if (key) element.current?.querySelector<HTMLElement>(`[data-bar="${CSS.escape(key)}"]`)?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const bar = drawn.bars.get(keyAt(event) ?? "")?.bar;
    if (bar === undefined) return;
    if (isDirection(event.key)) focus(nextBar(drawn.rows, bar, event.key));
    else if (event.key === "+" || event.key === "=") zoom(2, bar.start);
    else if (event.key === "-") zoom(1 / 2, bar.start);
    else if (event.key === "0") showAll();
    else return;
    event.preventDefault();
  };
  const onClick = (event: SyntheticEvent) => {
    const found = drawn.bars.get(keyAt(event) ?? "");
    if (found !== undefined) onGo(found.bar.position);
  };
  const onFocus = (event: SyntheticEvent) => {
    setFocused(keyAt(event));
    setPointed(keyAt(event));
  };
  return (
    <div className="flex min-h-0 flex-col">
      <div className="flex shrink-0 flex-wrap items-center gap-x-3 gap-y-1 px-3 py-1.5 sm:px-4">
        <p className="min-w-0 flex-1 basis-60 truncate text-xs text-ink-2 tabular-nums">
          {told === undefined ? says.readout : `${laneName(told.lane)} · ${barWords(told.bar, now)}`}
        </p>
        {sharesEarlier(lanes) && <Shared shown={earlier} onShow={setEarlier} />}
        <Ways
          range={range}
          whole={whole}
          zoom={(factor) => zoom(factor, null)}
          move={move}
          showAll={showAll}
        />
      </div>
      <div className="min-h-0 overflow-y-auto border-y bg-panel">
        {/* Each bar is a button; what happens to them is heard here, once for all. */}
        <div
          ref={element}
          role="toolbar"
          aria-label={says.chartOf}
          aria-describedby="chart-hint"
          className="relative"
          onKeyDown={onKeyDown}
          onClick={onClick}
          onFocus={onFocus}
          onBlur={() => setPointed(null)}
          onPointerOver={(event) => setPointed(keyAt(event))}
          onPointerLeave={() => setPointed(null)}
        >
          <Axis range={range} />
          <div className="grid grid-cols-[84px_minmax(0,1fr)] sm:grid-cols-[132px_minmax(0,1fr)]">
            {lanes.lanes.map((lane) => (
              <ChartLane
                key={lane.step ?? ""}
                lane={lane}
                range={range}
                now={now}
                reached={reached?.lane === lane ? keyOf(lane.step, reached.bar) : null}
              />
            ))}
          </div>
          <Line range={range} moment={moment} />
        </div>
      </div>
      <p id="chart-hint" className="sr-only">
        {says.chartHint}
      </p>
      <Legend />
    </div>
  );
}

function Shared({ shown, onShow }: { shown: boolean; onShow: (shown: boolean) => void }) {
  return (
    <label className="flex h-8 items-center gap-1.5 text-xs text-ink-2" title={says.sharedWhy}>
      <input
        type="checkbox"
        checked={shown}
        onChange={({ target }) => onShow(target.checked)}
        className="accent-(--ink)"
      />
      {says.withShared}
    </label>
  );
}

/** Of the bar in which something happened. */
function keyAt({ target }: SyntheticEvent): string | null {
  const bar = target instanceof Element ? target.closest<HTMLElement>("[data-bar]") : null;
  return bar?.dataset.bar ?? null;
}

interface DrawnBars {
  readonly rows: readonly Row[];
  readonly bars: ReadonlyMap<string, { readonly lane: Lane; readonly bar: Bar }>;
  readonly keys: ReadonlyMap<Bar, string>;
}

function drawnBars(lanes: readonly Lane[], range: Range, now: number): DrawnBars {
  const rows: Row[] = [];
  const bars = new Map<string, { lane: Lane; bar: Bar }>();
  const keys = new Map<Bar, string>();
  for (const lane of lanes) {
    for (const row of rowsOf(lane).map((one) => drawnOf(one, range, now))) {
      rows.push(row);
      for (const bar of row) {
        bars.set(keyOf(lane.step, bar), { lane, bar });
        keys.set(bar, keyOf(lane.step, bar));
      }
    }
  }
  return { rows, bars, keys };
}
