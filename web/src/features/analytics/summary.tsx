import { words } from "@/words";
import { amount, ended, money, span, success } from "./amounts";
import type { Analytics } from "./analytics";

const says = words.analytics;

/** What one looks for first. */
export function Summary({ total, waits }: Pick<Analytics, "total" | "waits">) {
  const tokens = total.input_tokens + total.output_tokens;
  return (
    <section aria-label={says.summary}>
      <dl className="grid grid-cols-2 gap-3 md:grid-cols-3 xl:grid-cols-6">
        <Tile name={says.projects} value={amount(total.runs)}>
          {says.stillOpen(total.open)}
        </Tile>
        <Tile name={says.succeeded} value={success(total)}>
          {says.ofEnded(ended(total))}
        </Tile>
        <Tile name={says.duration} value={span(total.median_ms)}>
          {total.p90_ms === null ? says.noneEnded : says.nineOfTen(span(total.p90_ms))}
        </Tile>
        <Tile name={says.cost} value={money(total.cost_usd)}>
          {total.unpriced_calls > 0 ? says.unpriced(total.unpriced_calls) : says.tokensUsed(amount(tokens))}
        </Tile>
        <Tile name={says.answer} value={span(waits.median_ms)}>
          {waits.asked === 0 ? says.nothingAsked : says.asked(waits.asked)}
        </Tile>
        <Tile name={says.retries} value={amount(total.retries)}>
          {says.bySelf}
        </Tile>
      </dl>
    </section>
  );
}

function Tile({ name, value, children }: { name: string; value: string; children: string }) {
  return (
    <div className="rounded-lg border bg-raised px-4 py-3">
      <dt className="truncate text-[13px] text-ink-2">{name}</dt>
      <dd className="text-[22px] leading-9 font-semibold tracking-[-0.02em] tabular-nums">{value}</dd>
      <dd className="min-h-4 truncate text-xs text-ink-3" title={children}>
        {children}
      </dd>
    </div>
  );
}
