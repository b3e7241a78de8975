import { useState } from "react";
import type { Stats } from "@/lib/figures";
import { HISTORY_MS, linesOf, type Point, type Sample, valueAt } from "@/lib/history";
import { CHART_HEIGHT, CHART_WIDTH, ChartFrame, Legend, niceTop } from "@/ui/chart-frame";
import { words } from "@/words";

const says = words.monitor.charts;

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

/** A few figures over the last minutes. What they were at a moment is told where one points. */
export function Chart({ title, series, history, now, format, least }: Props) {
  const [pointed, setPointed] = useState<number | null>(null);
  const from = now - HISTORY_MS;
  const drawn = series.map((one) => ({ ...one, lines: linesOf(history, one.figure, from, now) }));
  const top = niceTop(
    Math.max(least, ...drawn.flatMap(({ lines }) => lines.flat().map(({ value }) => value))),
  );
  const moment = pointed === null ? now : from + pointed * HISTORY_MS;
  const x = ({ at }: Point) => ((at - from) / HISTORY_MS) * CHART_WIDTH;
  const y = ({ value }: Point) => CHART_HEIGHT - (value / top) * CHART_HEIGHT;
  return (
    <ChartFrame
      title={title}
      top={top}
      format={format}
      pointed={pointed}
      onPoint={setPointed}
      ends={[says.from, pointed === null ? says.to : says.ago(Math.round((now - moment) / 1000))]}
      legend={drawn.map(({ name, figure, tone, dashed }) => (
        <Legend key={name} name={name} tone={tone} dashed={dashed === true}>
          {shown(valueAt(history, figure, moment), format)}
        </Legend>
      ))}
    >
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
    </ChartFrame>
  );
}

function shown(value: number | null, format: (value: number) => string): string {
  return value === null ? says.noValue : format(value);
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
  return `${path(line, x, y)}L${x(last).toFixed(1)} ${CHART_HEIGHT}L${x(first).toFixed(1)} ${CHART_HEIGHT}Z`;
}
