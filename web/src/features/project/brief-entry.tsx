import { Link } from "@tanstack/react-router";
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
        {view.forked_from !== null && <From runId={view.forked_from} title={view.before.at(-1)?.title} />}
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

/** The project that this one goes on from; a follow-up knows its title. */
function From({ runId, title }: { runId: string; title: string | undefined }) {
  return (
    <span className="ml-auto truncate text-ink-2">
      From{" "}
      <Link to="/projects/$runId" params={{ runId }} className="underline underline-offset-2 hover:text-ink">
        {title ?? "an earlier run"}
      </Link>
    </span>
  );
}
