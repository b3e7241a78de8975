/**
 * Markdown of agents, drawn block by block. Nothing in it can run or call out: raw HTML is not interpreted, links
 * lead only to http(s) and mail, and images of other hosts are named instead of loaded.
 */

import { memo, useRef } from "react";
import ReactMarkdown, { type Components, type Options } from "react-markdown";
import remarkGfm from "remark-gfm";
import { type Blocks, blocksOf, NO_BLOCKS } from "@/lib/blocks";
import { cn } from "./cn";
import { Code } from "./code";

const PLUGINS: Options["remarkPlugins"] = [remarkGfm];
const SAFE_LINK = /^(?:https?:|mailto:)/i;
const LANGUAGE = /language-([\w+#-]+)/;

function safeUrl(url: string): string {
  return SAFE_LINK.test(url) || url.startsWith("#") ? url : "";
}

const COMPONENTS: Components = {
  a: ({ href, children }) =>
    href ? (
      <a href={href} target="_blank" rel="noopener noreferrer nofollow">
        {children}
      </a>
    ) : (
      <span>{children}</span>
    ),
  img: ({ alt }) => (
    <span className="rounded border px-1.5 py-0.5 text-xs text-ink-2">
      Image not loaded{alt ? `: ${alt}` : ""}
    </span>
  ),
  // A code block brings its own frame.
  pre: ({ children }) => children,
  code: ({ className, children, node }) => {
    const language = LANGUAGE.exec(className ?? "")?.[1];
    const source = String(children);
    const lines = node?.position ? node.position.end.line - node.position.start.line : 0;
    if (language === undefined && lines === 0) return <code>{children}</code>;
    return <Code source={source.replace(/\n$/, "")} language={language ?? "text"} framed />;
  },
  table: ({ children }) => (
    // Scrollable with the keyboard too.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a wide table can be reached no other way
    <section className="overflow-x-auto" aria-label="Table" tabIndex={0}>
      <table>{children}</table>
    </section>
  ),
  // Agents' headings stand below the page's own, whether they begin with one # or two.
  h1: ({ children }) => <h3 data-level="1">{children}</h3>,
  h2: ({ children }) => <h3>{children}</h3>,
  h3: ({ children }) => <h4>{children}</h4>,
  h4: ({ children }) => <h5>{children}</h5>,
  h5: ({ children }) => <h6>{children}</h6>,
  input: ({ checked }) => (
    <input type="checkbox" checked={checked === true} disabled aria-label={checked ? "Done" : "Open"} />
  ),
};

const Block = memo(function Block({ source }: { source: string }) {
  return (
    <div className="prose-block">
      <ReactMarkdown remarkPlugins={PLUGINS} urlTransform={safeUrl} components={COMPONENTS}>
        {source}
      </ReactMarkdown>
    </div>
  );
});

export function Markdown({
  text,
  streaming = false,
  className,
}: {
  text: string;
  streaming?: boolean;
  className?: string;
}) {
  const held = useRef<Blocks>(NO_BLOCKS);
  held.current = blocksOf(text, held.current);
  return (
    <div className={cn("prose", streaming && "streaming", className)} dir="auto">
      {held.current.blocks.map((source, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a block's place is its identity; the text only grows
        <Block key={index} source={source} />
      ))}
    </div>
  );
}
