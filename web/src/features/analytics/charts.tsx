import { words } from "@/words";
import { amount, money, roughly, span } from "./amounts";
import type { Analytics, DayFigures } from "./analytics";
import { DayChart, type DaySeries } from "./day-chart";

const says = words.analytics;

const ENDS: readonly (DaySeries & { readonly of: keyof Analytics["total"] })[] = [
  { name: says.succeeded, of: "succeeded", figure: (day) => day.succeeded, tone: "text-done" },
  { name: says.partial, of: "partial", figure: (day) => day.partial, tone: "text-wait" },
  { name: says.failed, of: "failed", figure: (day) => day.failed, tone: "text-fail" },
  { name: says.cancelled, of: "cancelled", figure: (day) => day.cancelled, tone: "text-line-strong" },
  { name: says.open, of: "open", figure: (day) => day.open, tone: "text-active" },
];
const DURATIONS: readonly DaySeries[] = [
  { name: says.median, figure: (day) => day.median_ms, tone: "text-ink" },
  { name: says.p90, figure: (day) => day.p90_ms, tone: "text-ink-3" },
];
const COST: readonly DaySeries[] = [{ name: says.cost, figure: (day) => day.cost_usd, tone: "text-ink-2" }];
const TOKENS: readonly DaySeries[] = [
  { name: says.input, figure: (day) => day.input_tokens, tone: "text-ink-3" },
  { name: says.output, figure: (day) => day.output_tokens, tone: "text-ink" },
];

export function Charts({ days, total }: { days: readonly DayFigures[]; total: Analytics["total"] }) {
  return (
    <div className="grid gap-3 lg:grid-cols-2">
      <DayChart
        title={says.projects}
        days={days}
        series={ENDS.filter(({ of }) => of === "succeeded" || (total[of] ?? 0) > 0)}
        as="bars"
        least={4}
        format={amount}
        whole={(one) => sum(days, one)}
      />
      <DayChart
        title={says.durations}
        days={days}
        series={DURATIONS}
        as="dots"
        least={10_000}
        format={span}
        formatScale={roughly}
        whole={(one) => (one.name === says.median ? total.median_ms : total.p90_ms)}
      />
      <DayChart
        title={says.cost}
        days={days}
        series={COST}
        as="bars"
        least={0.1}
        format={money}
        whole={(one) => sum(days, one)}
      />
      <DayChart
        title={says.tokens}
        days={days}
        series={TOKENS}
        as="bars"
        least={1_000}
        format={amount}
        whole={(one) => sum(days, one)}
      />
    </div>
  );
}

function sum(days: readonly DayFigures[], { figure }: DaySeries): number {
  return days.reduce((total, day) => total + (figure(day) ?? 0), 0);
}
