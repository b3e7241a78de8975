import { type PointerEvent, type ReactNode, useId } from "react";
import { cn } from "./cn";

export const CHART_WIDTH = 600;
export const CHART_HEIGHT = 120;
const TICKS = [0, 0.5, 1];

interface Props {
  readonly title: string;
  /** Of the scale, which begins at 0. */
  readonly top: number;
  readonly format: (value: number) => string;
  readonly legend: ReactNode;
  /** What the left and the right end stand for. */
  readonly ends: readonly [string, string];
  /** Where one points, 0 to 1 from the left; null: nowhere. */
  readonly pointed: number | null;
  readonly onPoint: (at: number | null) => void;
  /** Drawn on `CHART_WIDTH` × `CHART_HEIGHT`, stretched to what there is. */
  readonly children: ReactNode;
  /** The same in another form: for those who do not see it. */
  readonly equivalent?: ReactNode;
}

/** What charts have in common: a name, a legend, a scale, and a line where one points. */
export function ChartFrame(props: Props) {
  const { title, top, format, legend, ends, pointed, onPoint, children, equivalent } = props;
  const id = useId();
  const point = (event: PointerEvent<SVGSVGElement>) => {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    onPoint(Math.min(1, Math.max(0, (event.clientX - left) / Math.max(1, width))));
  };
  return (
    <figure aria-labelledby={id} className="relative min-w-0 rounded-lg border bg-raised p-4">
      <figcaption className="flex min-h-5 flex-wrap items-center gap-x-4 gap-y-1">
        <span id={id} className="text-[13px] font-medium">
          {title}
        </span>
        <span className="ml-auto flex flex-wrap gap-x-3.5 text-xs text-ink-2">{legend}</span>
      </figcaption>
      <div className="mt-3 flex gap-2">
        <svg
          viewBox={`0 0 ${CHART_WIDTH} ${CHART_HEIGHT}`}
          preserveAspectRatio="none"
          className="h-28 min-w-0 flex-1 overflow-visible"
          aria-hidden="true"
          onPointerMove={point}
          onPointerLeave={() => onPoint(null)}
        >
          {TICKS.map((tick) => (
            <Rule key={tick} from={[0, CHART_HEIGHT * tick]} to={[CHART_WIDTH, CHART_HEIGHT * tick]} />
          ))}
          {children}
          {pointed !== null && (
            <Rule strong from={[pointed * CHART_WIDTH, 0]} to={[pointed * CHART_WIDTH, CHART_HEIGHT]} />
          )}
        </svg>
        <span className="flex h-28 w-12 shrink-0 flex-col justify-between text-[11px] leading-none text-ink-3 tabular-nums">
          <span className="-translate-y-1/2">{format(top)}</span>
          <span>{format(top / 2)}</span>
          <span className="translate-y-1/2">0</span>
        </span>
      </div>
      <p className="mt-2 flex justify-between pr-14 text-[11px] text-ink-3">
        <span>{ends[0]}</span>
        <span>{ends[1]}</span>
      </p>
      {equivalent}
    </figure>
  );
}

type Spot = readonly [x: number, y: number];

function Rule({ from, to, strong = false }: { from: Spot; to: Spot; strong?: boolean }) {
  return (
    <line
      x1={from[0]}
      y1={from[1]}
      x2={to[0]}
      y2={to[1]}
      className={strong ? "stroke-line-strong" : "stroke-line"}
      vectorEffect="non-scaling-stroke"
    />
  );
}

/** One figure of a chart: how it is drawn, its name, and what it is where one points. */
export function Legend(props: { name: string; tone: string; dashed?: boolean; children: string }) {
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

/** The next of 1, 2, 4, 6, 8 × a power of ten: halves of it are easy to read. */
export function niceTop(value: number): number {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const step = [1, 2, 4, 6, 8, 10].find((one) => one * power >= value * (1 - 1e-9));
  return (step ?? 10) * power;
}
