import { Check, Copy } from "lucide-react";
import { type ReactNode, useEffect, useState } from "react";
import { whole } from "@/lib/format";
import type { Event } from "@/lib/wire";
import { Button } from "@/ui/button";
import { eventIcon } from "@/ui/event-look";
import { toast } from "@/ui/toast";
import { words } from "@/words";
import { preciseTime } from "./axis";
import { typeWord } from "./event-list";

const says = words.timeline;
const CHARACTERS_SHOWN = 20_000;
const COPIED_MS = 1_500;

/** The event as it is in the log. */
export function EventDetail({ event }: { event: Event }) {
  const Icon = eventIcon(event);
  const known = event.data.type !== "unknown";
  return (
    <div className="flex flex-col gap-4 p-4">
      <div className="flex flex-wrap items-center gap-x-2 gap-y-1.5">
        <Icon className="size-4 shrink-0 text-ink-3" aria-hidden="true" />
        <p className="min-w-0 flex-1 truncate text-sm font-medium">{typeWord(event.type)}</p>
        <CopyButton key={event.id} event={event} />
      </div>
      <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1 text-[13px]">
        <Fact name={says.type}>
          <span className="font-mono text-xs">{event.type}</span>
          {!known && <span className="text-ink-2"> · {says.unknownType}</span>}
        </Fact>
        <Fact name={says.time}>{preciseTime(Date.parse(event.timestamp), true)}</Fact>
        <Fact name={says.position}>{event.position}</Fact>
        <Fact name={says.inRun}>{event.version ?? says.noVersion}</Fact>
        <Fact name={says.author}>{authorOf(event)}</Fact>
      </dl>
      <Part title={says.content}>
        {event.content === "" ? (
          <p className="text-[13px] text-ink-3">{says.emptyContent}</p>
        ) : (
          <Bounded text={event.content} className="font-sans text-[13px] leading-relaxed" />
        )}
      </Part>
      <Part title={says.metadata}>
        <Bounded text={JSON.stringify(event.metadata, null, 2)} className="code text-xs" />
      </Part>
    </div>
  );
}

/** Whoever did it: an agent, a person, or the server itself. */
function authorOf({ agent_name, metadata }: Event): string {
  return agent_name ?? (typeof metadata.by === "string" ? metadata.by : says.noAuthor);
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-ink-2">{name}</dt>
      <dd className="min-w-0 tabular-nums wrap-anywhere">{children}</dd>
    </>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section aria-label={title}>
      <h3 className="mb-1.5 text-xs font-medium text-ink-2">{title}</h3>
      {children}
    </section>
  );
}

/** As text and nothing else, however it is written. */
function Bounded({ text, className }: { text: string; className: string }) {
  const more = text.length - CHARACTERS_SHOWN;
  return (
    <>
      <pre className={`rounded-md border bg-panel px-3 py-2 whitespace-pre-wrap wrap-anywhere ${className}`}>
        {text.slice(0, CHARACTERS_SHOWN)}
      </pre>
      {more > 0 && <p className="mt-1 text-xs text-ink-3">{says.cut(whole(more))}</p>}
    </>
  );
}

function CopyButton({ event }: { event: Event }) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), COPIED_MS);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = async () => {
    try {
      // Over plain HTTP browsers have no clipboard for a page.
      await navigator.clipboard.writeText(jsonOf(event));
      setCopied(true);
    } catch {
      toast(says.cannotCopy);
    }
  };
  return (
    <Button onClick={copy}>
      {copied ? <Check aria-hidden="true" /> : <Copy aria-hidden="true" />}
      <span aria-live="polite">{copied ? says.copied : says.copyJson}</span>
    </Button>
  );
}

/** The event as the server gives it. */
export function jsonOf(event: Event): string {
  const { data: _, ...raw } = event;
  return JSON.stringify(raw, null, 2);
}
