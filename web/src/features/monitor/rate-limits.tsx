import { KeyRound } from "lucide-react";
import type { Stats } from "@/lib/figures";
import { clock, whole } from "@/lib/format";
import { useLive } from "@/lib/use-live";
import { cn } from "@/ui/cn";
import { Empty, Skeleton } from "@/ui/small";
import { words } from "@/words";
import { Panel } from "./part";

const says = words.monitor.limits;

type RateLimit = Stats["rate_limits"][string];

/** What any minute may have of each AI service, and what is left of it. */
export function RateLimits() {
  const limits = useLive((state) => state.stats?.rate_limits);
  const keys = Object.entries(limits ?? {}).sort(([a], [b]) => a.localeCompare(b));
  return (
    <Panel title={says.title}>
      {limits === undefined && <Skeleton className="h-24 rounded-lg" />}
      {limits !== undefined && keys.length === 0 && (
        <div className="rounded-lg border bg-raised">
          <Empty icon={KeyRound} title={says.none}>
            {says.noneHint}
          </Empty>
        </div>
      )}
      <div className="grid gap-3 md:grid-cols-2 xl:grid-cols-3">
        {keys.map(([name, limit]) => (
          <Key key={name} name={name} limit={limit} />
        ))}
      </div>
    </Panel>
  );
}

function Key({ name, limit }: { name: string; limit: RateLimit }) {
  const { requests, tokens, in_flight, waiting, held_for } = limit;
  return (
    <div className="rounded-lg border bg-raised p-4">
      <div className="flex items-baseline justify-between gap-3">
        <h3 className="truncate text-sm font-medium" title={name}>
          {name}
        </h3>
        <span className="shrink-0 text-xs text-ink-2 tabular-nums">{says.underWay(in_flight)}</span>
      </div>
      <Meter name={says.requests} allowance={requests} />
      <Meter name={says.tokens} allowance={tokens} />
      <p
        className={cn(
          "mt-3 text-xs tabular-nums",
          waiting > 0 || held_for !== null ? "text-wait" : "text-ink-3",
        )}
      >
        {waitWords(waiting, held_for)}
      </p>
    </div>
  );
}

function waitWords(waiting: number, heldFor: number | null): string {
  const parts = [
    waiting > 0 ? says.waiting(waiting) : "",
    heldFor === null ? "" : says.held(clock(Math.ceil(heldFor))),
  ].filter(Boolean);
  return parts.length > 0 ? parts.join(" · ") : says.nobodyWaits;
}

function Meter({ name, allowance }: { name: string; allowance: RateLimit["requests"] }) {
  const { limit, used, left, resets_in } = allowance;
  const share = limit > 0 ? Math.min(1, used / limit) : 0;
  const back = left === 0 ? says.allBack : says.free;
  return (
    <div className="mt-3">
      <p className="flex justify-between gap-3 text-xs tabular-nums">
        <span className="text-ink-2">{name}</span>
        <span>
          {says.used(whole(used), whole(limit))}
          <span className="text-ink-3">{resets_in !== null && back(clock(Math.ceil(resets_in)))}</span>
        </span>
      </p>
      <div aria-hidden="true" className="mt-1.5 h-1 overflow-hidden rounded-full bg-line">
        <div
          className={cn(
            "h-full rounded-full transition-[width] duration-300 ease-out",
            left === 0 ? "bg-wait" : "bg-ink-2",
          )}
          style={{ width: `${share * 100}%` }}
        />
      </div>
    </div>
  );
}
