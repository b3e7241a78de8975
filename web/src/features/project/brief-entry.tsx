import { timeOfDay } from "@/lib/format";
import type { RunView } from "@/lib/views";

/** Where the document starts: what was asked for. */
export function Brief({ view }: { view: RunView }) {
  return (
    <section aria-label="Brief" className="mb-9">
      <p className="mb-2 flex items-baseline gap-2 text-[13px]">
        <span className="font-semibold">Brief</span>
        <time className="text-ink-3 tabular-nums" dateTime={view.created_at}>
          {timeOfDay(view.created_at)}
        </time>
      </p>
      <p
        dir="auto"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable with the keyboard
        tabIndex={0}
        className="max-h-80 overflow-y-auto border-l-2 border-line-strong pl-4 text-[15px] leading-relaxed wrap-anywhere whitespace-pre-wrap text-ink-2"
      >
        {view.brief}
      </p>
    </section>
  );
}
