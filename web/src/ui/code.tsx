import { Check, Copy } from "lucide-react";
import { type CSSProperties, memo, useEffect, useState } from "react";
import { words } from "@/words";
import { IconButton } from "./button";
import { cn } from "./cn";
import { highlight, type Token } from "./highlight";

/** While a text grows, colours follow once it rests for this long. */
const REST_MS = 120;

interface Props {
  readonly source: string;
  readonly language: string;
  /** With a border and a button that copies. */
  readonly framed?: boolean;
}

export const Code = memo(function Code({ source, language, framed = false }: Props) {
  const lines = useHighlighted(source, language);
  const body = (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: long lines can be scrolled with the keyboard no other way
    <pre className={cn("code overflow-x-auto", framed ? "px-4 py-3" : "p-4")} tabIndex={0} dir="ltr">
      <code>{lines === null ? source : <Lines lines={lines} />}</code>
    </pre>
  );
  if (!framed) return body;
  return (
    <div className="group relative overflow-hidden rounded-lg border bg-panel">
      {body}
      <CopyButton source={source} />
    </div>
  );
});

/** Tokens are drawn as text: nothing of the code is ever taken for markup. */
function Lines({ lines }: { lines: readonly (readonly Token[])[] }) {
  return lines.map((line, at) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: a line's place is its identity
    <span key={at}>
      {line.map(({ text, light, dark }, column) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a token's place is its identity
        <span key={column} style={{ "--light": light, "--dark": dark } as CSSProperties}>
          {text}
        </span>
      ))}
      {at < lines.length - 1 && "\n"}
    </span>
  ));
}

function useHighlighted(source: string, language: string): readonly (readonly Token[])[] | null {
  const [done, setDone] = useState<{ source: string; lines: readonly (readonly Token[])[] } | null>(null);
  useEffect(() => {
    let wanted = true;
    const timer = setTimeout(async () => {
      const lines = await highlight(source, language).catch(() => null);
      if (wanted && lines !== null) setDone({ source, lines });
    }, REST_MS);
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [source, language]);
  return done?.source === source ? done.lines : null;
}

function CopyButton({ source }: { source: string }) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 1500);
    return () => clearTimeout(timer);
  }, [copied]);
  // Over plain HTTP browsers have no clipboard for a page.
  if (!("clipboard" in navigator)) return null;
  const copy = () =>
    navigator.clipboard.writeText(source).then(
      () => setCopied(true),
      () => {},
    );
  return (
    <IconButton
      label={copied ? words.shared.copied : words.shared.copyCode}
      onClick={copy}
      className="absolute top-1.5 right-1.5 bg-panel opacity-0 group-hover:opacity-100 focus-visible:opacity-100 pointer-coarse:opacity-100"
    >
      {copied ? <Check aria-hidden="true" /> : <Copy aria-hidden="true" />}
    </IconButton>
  );
}
