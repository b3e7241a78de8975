import { Link } from "@tanstack/react-router";
import { PackageOpen } from "lucide-react";
import { date, timeOfDay } from "@/lib/format";
import type { RunView } from "@/lib/views";
import { words } from "@/words";
import { AttachedFiles } from "./attached-files";

const says = words.conversation;

/** Where the document starts: what was asked for. */
export function Brief({ view }: { view: RunView }) {
  return (
    <section aria-label={says.brief} className="mb-9">
      <p className="mb-2 flex items-baseline gap-2 text-[13px]">
        <span className="font-semibold">{says.brief}</span>
        <time className="text-ink-3 tabular-nums" dateTime={view.created_at}>
          {timeOfDay(view.created_at)}
        </time>
        {view.forked_from !== null && <From runId={view.forked_from} title={view.before.at(-1)?.title} />}
      </p>
      {view.imported !== null && <CameFrom imported={view.imported} />}
      <p
        dir="auto"
        data-written=""
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable with the keyboard
        tabIndex={0}
        className="max-h-80 overflow-y-auto border-l-2 border-line-strong pl-4 text-[15px] leading-relaxed wrap-anywhere whitespace-pre-wrap text-ink-2"
      >
        {view.brief}
      </p>
      <AttachedFiles view={view} />
    </section>
  );
}

/** Whose it was, who brought it here, and when: what was decided by then happened on the other server. */
function CameFrom({ imported }: { imported: NonNullable<RunView["imported"]> }) {
  const { by, at, owner } = imported;
  return (
    <p className="mb-2.5 flex items-start gap-2 text-[13px] text-ink-2">
      <PackageOpen className="mt-0.5 size-4 shrink-0 text-ink-3" aria-hidden="true" />
      <span className="min-w-0 wrap-anywhere">
        {says.imported(by, owner)}{" "}
        <time dateTime={at} title={timeOfDay(at)}>
          {date(at)}
        </time>
      </span>
    </p>
  );
}

/** The project that this one goes on from; a follow-up knows its title. */
function From({ runId, title }: { runId: string; title: string | undefined }) {
  return (
    <span className="ml-auto truncate text-ink-2">
      {says.from}{" "}
      <Link to="/projects/$runId" params={{ runId }} className="underline underline-offset-2 hover:text-ink">
        {title ?? says.earlierRun}
      </Link>
    </span>
  );
}
