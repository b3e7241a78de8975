import { length, type Range, ticksOf, tickWord, zoneAt } from "./axis";

const TICKS = 8;
/** Beside the names of the lanes. */
const BESIDE = "absolute inset-y-0 right-0 left-[84px] overflow-hidden border-l sm:left-[132px]";

/** Round times above the lanes, each with a line down through them. */
export function Axis({ range }: { range: Range }) {
  const { step, at } = ticksOf(range, TICKS, zoneAt(range.from));
  return (
    <>
      <div className={`${BESIDE} pointer-events-none`} aria-hidden="true">
        {at.map((tick, place) => (
          <span
            key={tick}
            className="absolute inset-y-0 border-l pt-1 pl-1 text-[11px] leading-4 whitespace-nowrap text-ink-3 tabular-nums"
            style={{ left: `${shareOf(tick, range)}%` }}
          >
            {/* A phone has room for every other one. */}
            <span className={place % 2 === 1 ? "max-sm:hidden" : ""}>{tickWord(tick, step)}</span>
          </span>
        ))}
      </div>
      <div className="h-6" />
    </>
  );
}

/** Where one looks; what came later lies behind a veil. */
export function Line({ range, moment }: { range: Range; moment: number }) {
  const left = shareOf(moment, range);
  if (left < 0 || left > 100) return null;
  return (
    <div className={`${BESIDE} pointer-events-none border-transparent`} aria-hidden="true">
      <div
        className="absolute inset-y-0 right-0 border-l-2 border-ink bg-panel/50"
        style={{ left: `min(${left}%, 100% - 2px)` }}
      />
    </div>
  );
}

/** In percent. */
function shareOf(at: number, range: Range): number {
  return ((at - range.from) / length(range)) * 100;
}
