import { type RefObject, useMemo, useRef, useState } from "react";
import type { Fault } from "@/lib/teams";
import { cn } from "@/ui/cn";
import { lineAt } from "./drafts";

const LINE_PX = 20;

interface Props {
  readonly label: string;
  readonly text: string;
  readonly faults: readonly Fault[];
  /** Without it the text can be read and not changed. */
  readonly onText?: ((text: string) => void) | undefined;
  readonly box: RefObject<HTMLTextAreaElement | null>;
}

/** A text with its lines numbered and the faulty ones marked. Tab moves on, as everywhere. */
export function TextPane({ label, text, faults, onText, box }: Props) {
  const [scrolled, setScrolled] = useState(0);
  const gutter = useRef<HTMLDivElement>(null);
  const numbers = useMemo(() => numbersOf(text), [text]);
  const faulty = [...new Set(faults.map(({ line }) => line))];
  return (
    <div className="relative flex h-[min(56dvh,600px)] min-h-64 max-sm:h-[44dvh] overflow-hidden rounded-lg border bg-raised font-mono text-[13px] leading-5 focus-within:border-ink-3">
      <div
        ref={gutter}
        aria-hidden="true"
        className="relative w-12 shrink-0 overflow-hidden border-r bg-panel text-right text-ink-3 tabular-nums select-none"
      >
        <div className="relative py-3 pr-2.5" style={{ transform: `translateY(${-scrolled}px)` }}>
          {faulty.map((line) => (
            <span
              key={line}
              className="absolute inset-x-0 h-5 border-l-2 border-fail bg-fail-soft"
              style={{ top: 12 + (line - 1) * LINE_PX }}
            />
          ))}
          <pre className="relative font-mono">{numbers}</pre>
        </div>
      </div>
      <div
        className="pointer-events-none absolute inset-y-0 right-0 left-12 overflow-hidden"
        aria-hidden="true"
      >
        <div style={{ transform: `translateY(${-scrolled}px)` }}>
          {faulty.map((line) => (
            <span
              key={line}
              className="absolute inset-x-0 h-5 bg-fail-soft"
              style={{ top: 12 + (line - 1) * LINE_PX }}
            />
          ))}
        </div>
      </div>
      <textarea
        ref={box}
        aria-label={label}
        aria-invalid={faulty.length > 0}
        value={text}
        readOnly={onText === undefined}
        onChange={(event) => onText?.(event.target.value)}
        onScroll={(event) => setScrolled(event.currentTarget.scrollTop)}
        wrap="off"
        spellCheck={false}
        autoCapitalize="off"
        autoComplete="off"
        className={cn(
          "relative block min-w-0 flex-1 resize-none overflow-auto bg-transparent px-3 py-3 whitespace-pre outline-none",
          onText === undefined && "text-ink-2",
        )}
      />
    </div>
  );
}

function numbersOf(text: string): string {
  return Array.from({ length: text.split("\n").length }, (_, at) => at + 1).join("\n");
}

/** Puts the cursor on a line, and the line in sight. */
export function goToLine(box: HTMLTextAreaElement | null, text: string, line: number) {
  if (box === null) return;
  const [start, end] = lineAt(text, line);
  box.focus();
  box.setSelectionRange(start, end);
  box.scrollTop = Math.max(0, (line - 4) * LINE_PX);
}
