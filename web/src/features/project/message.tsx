import { Ban, ChevronRight, CircleSlash, LifeBuoy, type LucideIcon } from "lucide-react";
import { memo, useState } from "react";
import type { MessageView } from "@/lib/views";
import { cn } from "@/ui/cn";
import { Markdown } from "@/ui/markdown";
import { words } from "@/words";

const says = words.conversation;

/** One model call's text. Drawn again only when this message changed. */
export const Message = memo(function Message({
  message,
  label,
  interruption,
}: {
  message: MessageView;
  label: string | null;
  /** Why it broke off; null for one that did not. */
  interruption: string | null;
}) {
  const streaming = message.finish === null;
  return (
    <article className="space-y-3">
      {label !== null && <Separator label={label} />}
      {message.thinking !== "" && (
        <Thinking text={message.thinking} live={streaming && message.text === ""} />
      )}
      {message.text !== "" && (
        <div data-written="">
          <Markdown text={message.text} streaming={streaming} />
        </div>
      )}
      <Finish finish={message.finish} interruption={interruption} />
    </article>
  );
});

function Separator({ label }: { label: string }) {
  return (
    <p className="flex items-center gap-3 text-xs font-medium text-ink-2 first-letter:uppercase">
      <span className="first-letter:uppercase">{label}</span>
      <span className="h-px flex-1 bg-line" aria-hidden="true" />
    </p>
  );
}

function Thinking({ text, live }: { text: string; live: boolean }) {
  return (
    <Fold summary={live ? says.thinking : says.thought}>
      <p
        dir="auto"
        data-written=""
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable with the keyboard
        tabIndex={0}
        className="max-h-96 overflow-y-auto text-[13px] leading-relaxed wrap-anywhere whitespace-pre-wrap text-ink-2"
      >
        {text}
      </p>
    </Fold>
  );
}

/** What most readers do not need to see: one line, opened on demand, drawn only then. */
export function Fold({ summary, children }: { summary: React.ReactNode; children: React.ReactNode }) {
  const [open, setOpen] = useState(false);
  return (
    <div>
      <button
        type="button"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
        className="-ml-1.5 flex max-w-full items-center gap-1 rounded-md py-0.5 pr-2 pl-0.5 text-[13px] text-ink-2 transition-colors duration-150 hover:bg-hover hover:text-ink pointer-coarse:min-h-11"
      >
        <ChevronRight
          className={cn("size-4 shrink-0 transition-transform duration-150 ease-out", open && "rotate-90")}
          aria-hidden="true"
        />
        {summary}
      </button>
      {open && <div className="mt-1.5 ml-[5px] animate-fade border-l pl-4">{children}</div>}
    </div>
  );
}

const FINISHES: Readonly<Record<string, { icon: LucideIcon; sentence: string }>> = {
  interrupted: { icon: CircleSlash, sentence: says.interrupted },
  cancelled: { icon: Ban, sentence: says.stopped },
  fallback: { icon: LifeBuoy, sentence: says.fellBack },
};

interface FinishProps {
  readonly finish: MessageView["finish"];
  readonly interruption: string | null;
}

function Finish({ finish, interruption }: FinishProps) {
  const look = finish === null ? undefined : FINISHES[finish];
  if (look === undefined) return null;
  const Icon = look.icon;
  return (
    <p className="flex items-center gap-1.5 text-[13px] text-ink-2">
      <Icon className="size-3.5" aria-hidden="true" />
      {interruption ?? look.sentence}
    </p>
  );
}
