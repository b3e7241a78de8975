import { useState } from "react";
import { CHART_HEIGHT, CHART_WIDTH, ChartFrame, Legend, niceTop } from "@/ui/chart-frame";
import { words } from "@/words";
import { NOTHING, shortDay, wholeDay } from "./amounts";
import type { DayFigures } from "./analytics";

const { analytics: says } = words;

export interface DaySeries {
  readonly name: string;
  readonly figure: (day: DayFigures) => number | null;
  /** Its colour as `text-…`. */
  readonly tone: string;
}

interface Props {
  readonly title: string;
  readonly days: readonly DayFigures[];
  readonly series: readonly DaySeries[];
  readonly format: (value: number) => string;
  /** On the scale; as `format` where it is not given. */
  readonly formatScale?: (value: number) => string;
  /** Bars stand on each other, dots stand for themselves. */
  readonly as: "bars" | "dots";
  /** The scale's top is never lower. */
  readonly least: number;
  /** What the legend tells while nobody points; nothing where it is null. */
  readonly whole: (series: DaySeries) => number | null;
}

/** Figures of each day. Those of one day are told where one points, and all of them in a table for screen readers. */
export function DayChart({ title, days, series, format, formatScale = format, as, least, whole }: Props) {
  const [pointed, setPointed] = useState<number | null>(null);
  const at = pointed === null ? null : Math.min(days.length - 1, Math.floor(pointed * days.length));
  const day = at === null ? undefined : days[at];
  const top = niceTop(Math.max(least, ...days.map((one) => height(one, series, as))));
  const shown = (value: number | null) => (value === null ? NOTHING : format(value));
  return (
    <ChartFrame
      title={title}
      top={top}
      format={formatScale}
      pointed={at === null ? null : (at + 0.5) / days.length}
      onPoint={setPointed}
      ends={[shortDay(days[0]?.day ?? ""), day ? wholeDay(day.day) : shortDay(days.at(-1)?.day ?? "")]}
      legend={series.map((one) => (
        <Legend key={one.name} name={one.name} tone={one.tone}>
          {shown(day ? one.figure(day) : whole(one))}
        </Legend>
      ))}
      equivalent={<Equivalent title={title} days={days} series={series} format={shown} />}
    >
      {as === "bars"
        ? days.map((one, place) => (
            <Bar key={one.day} day={one} series={series} place={place} count={days.length} top={top} />
          ))
        : series.map((one) => (
            <path
              key={one.name}
              d={dots(days, one, top)}
              className={one.tone}
              stroke="currentColor"
              strokeWidth={days.length > 120 ? 3 : 5}
              strokeLinecap="round"
              vectorEffect="non-scaling-stroke"
            />
          ))}
    </ChartFrame>
  );
}

function height(day: DayFigures, series: readonly DaySeries[], as: Props["as"]): number {
  const values = series.map(({ figure }) => figure(day) ?? 0);
  return as === "bars" ? values.reduce((sum, value) => sum + value, 0) : Math.max(...values);
}

interface BarProps {
  readonly day: DayFigures;
  readonly series: readonly DaySeries[];
  readonly place: number;
  readonly count: number;
  readonly top: number;
}

function Bar({ day, series, place, count, top }: BarProps) {
  const step = CHART_WIDTH / count;
  const width = Math.max(step * 0.72, 0.8);
  let below = 0;
  return series.map(({ name, figure, tone }) => {
    const tall = ((figure(day) ?? 0) / top) * CHART_HEIGHT;
    below += tall;
    if (tall === 0) return null;
    return (
      <rect
        key={name}
        x={place * step + (step - width) / 2}
        y={CHART_HEIGHT - below}
        width={width}
        height={tall}
        className={tone}
        fill="currentColor"
      />
    );
  });
}

/** Points that keep their shape however the drawing is stretched: lines without a length. */
function dots(days: readonly DayFigures[], { figure }: DaySeries, top: number): string {
  return days
    .map((day, place) => {
      const value = figure(day);
      if (value === null) return "";
      const x = ((place + 0.5) / days.length) * CHART_WIDTH;
      return `M${x.toFixed(1)} ${(CHART_HEIGHT - (value / top) * CHART_HEIGHT).toFixed(1)}h0`;
    })
    .join("");
}

function Equivalent(props: {
  title: string;
  days: readonly DayFigures[];
  series: readonly DaySeries[];
  format: (value: number | null) => string;
}) {
  const { title, days, series, format } = props;
  return (
    <div className="sr-only">
      <table>
        <caption>{title}</caption>
        <thead>
          <tr>
            <th scope="col">{says.day}</th>
            {series.map(({ name }) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {days.map((day) => (
            <tr key={day.day}>
              <th scope="row">{wholeDay(day.day)}</th>
              {series.map(({ name, figure }) => (
                <td key={name}>{format(figure(day))}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
