import { type PointerEvent, useId, useState } from "react";
import type { Stats } from "@/lib/figures";
import { HISTORY_MS, linesOf, type Point, type Sample, valueAt } from "@/lib/history";
import { cn } from "@/ui/cn";

export interface Series {
  readonly name: string;
  readonly figure: (stats: Stats) => number | null;
  /** Of the line: its colour as `text-…`. */
  readonly tone: string;
  readonly dashed?: boolean;
  /** A state, whose area is filled. */
  readonly filled?: boolean;
}

interface Props {
  readonly title: string;
  readonly series: readonly Series[];
  readonly history: readonly Sample[];
  /** By this browser's clock. */
  readonly now: number;
  readonly format: (value: number) => string;
  /** The scale's top is never lower. */
  readonly least: number;
}

const WIDTH = 600;
const HEIGHT = 120;
const TICKS = [0, 0.5, 1];

/** A few figures over the last minutes. What they were at a moment is told where one points. */
export function Chart({ title, series, history, now, format, least }: Props) {
  const [pointed, setPointed] = useState<number | null>(null);
  const from = now - HISTORY_MS;
  const drawn = series.map((one) => ({ ...one, lines: linesOf(history, one.figure, from, now) }));
  const top = niceTop(
    Math.max(least, ...drawn.flatMap(({ lines }) => lines.flat().map(({ value }) => value))),
  );
  const moment = pointed === null ? now : from + pointed * HISTORY_MS;
  const x = ({ at }: Point) => ((at - from) / HISTORY_MS) * WIDTH;
  const y = ({ value }: Point) => HEIGHT - (value / top) * HEIGHT;
  const point = (event: PointerEvent<SVGSVGElement>) => {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    setPointed(Math.min(1, Math.max(0, (event.clientX - left) / Math.max(1, width))));
  };
  const id = useId();
  return (
    <figure aria-labelledby={id} className="min-w-0 rounded-lg border bg-raised p-4">
      <figcaption className="flex min-h-5 flex-wrap items-center gap-x-4 gap-y-1">
        <span id={id} className="text-[13px] font-medium">
          {title}
        </span>
        <span className="ml-auto flex flex-wrap gap-x-3.5 text-xs text-ink-2">
          {drawn.map(({ name, figure, tone, dashed }) => (
            <Legend key={name} name={name} tone={tone} dashed={dashed === true}>
              {shown(valueAt(history, figure, moment), format)}
            </Legend>
          ))}
        </span>
      </figcaption>
      <div className="mt-3 flex gap-2">
        <svg
          viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
          preserveAspectRatio="none"
          className="h-28 min-w-0 flex-1 overflow-visible"
          aria-hidden="true"
          onPointerMove={point}
          onPointerLeave={() => setPointed(null)}
        >
          {TICKS.map((tick) => (
            <line
              key={tick}
              x1={0}
              x2={WIDTH}
              y1={HEIGHT * tick}
              y2={HEIGHT * tick}
              className="stroke-line"
              vectorEffect="non-scaling-stroke"
            />
          ))}
          {drawn.map(({ name, lines, tone, dashed, filled }) => (
            <g key={name} className={tone}>
              {filled && (
                <path d={lines.map((line) => area(line, x, y)).join("")} fill="currentColor" opacity={0.1} />
              )}
              <path
                d={lines.map((line) => path(line, x, y)).join("")}
                fill="none"
                stroke="currentColor"
                strokeWidth={1.5}
                strokeLinejoin="round"
                strokeDasharray={dashed ? "3 3" : undefined}
                vectorEffect="non-scaling-stroke"
              />
            </g>
          ))}
          {pointed !== null && (
            <line
              x1={pointed * WIDTH}
              x2={pointed * WIDTH}
              y1={0}
              y2={HEIGHT}
              className="stroke-line-strong"
              vectorEffect="non-scaling-stroke"
            />
          )}
        </svg>
        <span className="flex h-28 w-12 shrink-0 flex-col justify-between text-[11px] leading-none text-ink-3 tabular-nums">
          <span className="-translate-y-1/2">{format(top)}</span>
          <span>{format(top / 2)}</span>
          <span className="translate-y-1/2">0</span>
        </span>
      </div>
      <p className="mt-2 flex justify-between pr-14 text-[11px] text-ink-3">
        <span>5 min ago</span>
        <span>{pointed === null ? "now" : beforeNow(now - moment)}</span>
      </p>
    </figure>
  );
}

function Legend(props: { name: string; tone: string; dashed: boolean; children: string }) {
  return (
    <span className="flex items-center gap-1.5 whitespace-nowrap">
      <span
        className={cn("w-3 border-t-[1.5px] border-current", props.dashed && "border-dashed", props.tone)}
        aria-hidden="true"
      />
      {props.name}
      <span className="min-w-9 text-right font-medium text-ink tabular-nums">{props.children}</span>
    </span>
  );
}

function shown(value: number | null, format: (value: number) => string): string {
  return value === null ? "–" : format(value);
}

function beforeNow(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return seconds < 60 ? `${seconds} s ago` : `${Math.floor(seconds / 60)} min ${seconds % 60} s ago`;
}

/** The next of 1, 2, 4, 6, 8 × a power of ten: halves of it are easy to read. */
export function niceTop(value: number): number {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const step = [1, 2, 4, 6, 8, 10].find((one) => one * power >= value * (1 - 1e-9));
  return (step ?? 10) * power;
}

type Place = (point: Point) => number;

function path(line: readonly Point[], x: Place, y: Place): string {
  return line
    .map((point, at) => `${at === 0 ? "M" : "L"}${x(point).toFixed(1)} ${y(point).toFixed(1)}`)
    .join("");
}

function area(line: readonly Point[], x: Place, y: Place): string {
  const [first, last] = [line[0], line.at(-1)];
  if (first === undefined || last === undefined) return "";
  return `${path(line, x, y)}L${x(last).toFixed(1)} ${HEIGHT}L${x(first).toFixed(1)} ${HEIGHT}Z`;
}
