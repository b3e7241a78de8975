import { ChevronRight } from "lucide-react";
import { useId, useState } from "react";
import { toTheSecond } from "@/lib/format";
import type { Event } from "@/lib/wire";
import { cn } from "@/ui/cn";
import { eventIcon, sentenceOf } from "@/ui/event-look";
import { words } from "@/words";
import { levelOf } from "./feed";
import { ProjectLink } from "./project-link";

export function EventRow({ event, title }: { event: Event; title: string | null }) {
  const [open, setOpen] = useState(false);
  const detail = useId();
  const Icon = eventIcon(event);
  return (
    <>
      <div className="grid min-h-10 grid-cols-[20px_auto_20px_minmax(0,1fr)] items-center gap-x-3 px-3 py-1.5 text-[13px] transition-colors duration-150 hover:bg-hover md:grid-cols-[20px_auto_20px_minmax(0,1fr)_120px_minmax(0,220px)]">
        <button
          type="button"
          aria-expanded={open}
          aria-controls={detail}
          aria-label={words.monitor.feed.details(event.position)}
          onClick={() => setOpen(!open)}
          className="-m-2 grid size-9 place-items-center rounded-md text-ink-3 hover:text-ink pointer-coarse:size-11"
        >
          <ChevronRight
            className={cn("size-4 transition-transform duration-150", open && "rotate-90")}
            aria-hidden="true"
          />
        </button>
        <time dateTime={event.timestamp} className="text-xs text-ink-3 tabular-nums">
          {toTheSecond(event.timestamp)}
        </time>
        <Icon className={cn("size-4", tone(event))} aria-hidden="true" />
        <span className="truncate">{sentenceOf(event)}</span>
        <span className="truncate text-ink-2 max-md:hidden">{event.agent_name}</span>
        {event.run_id !== null && title !== null ? (
          <ProjectLink
            runId={event.run_id}
            title={title}
            className="min-w-0 text-ink-2 max-md:col-span-2 max-md:col-start-3 max-md:text-xs"
          />
        ) : (
          <span className="max-md:hidden" />
        )}
      </div>
      <div id={detail}>{open && <Detail event={event} />}</div>
    </>
  );
}

function tone(event: Event): string {
  const level = levelOf(event);
  if (level === "error") return "text-fail";
  return level === "warning" || event.requires_ack ? "text-wait" : "text-ink-3";
}

function Detail({ event }: { event: Event }) {
  const { data: _, content: __, ...raw } = event;
  return (
    <pre className="code animate-fade border-t bg-panel px-4 py-3 whitespace-pre-wrap wrap-anywhere sm:pl-12">
      {JSON.stringify(raw, null, 2)}
    </pre>
  );
}
