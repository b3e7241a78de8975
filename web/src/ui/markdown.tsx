/**
 * Markdown of agents, drawn block by block. Nothing in it can run or call out: raw HTML is not interpreted, links
 * lead only to http(s) and mail, and images of other hosts are named instead of loaded.
 */

import { memo, useMemo, useRef } from "react";
import ReactMarkdown, { type Components, type Options } from "react-markdown";
import remarkGfm from "remark-gfm";
import { type Blocks, blocksOf, NO_BLOCKS } from "@/lib/blocks";
import { type Above, aboveEach, NOTHING_ABOVE, withHeading } from "@/lib/headings";
import { words } from "@/words";
import { cn } from "./cn";
import { Code } from "./code";

const PLUGINS: Options["remarkPlugins"] = [remarkGfm];
const SAFE_LINK = /^(?:https?:|mailto:)/i;
const HEADING = /^h([1-6])$/;
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
      {words.shared.imageLeftOut(alt ?? "")}
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
    <section className="overflow-x-auto" aria-label={words.shared.table} tabIndex={0}>
      <table>{children}</table>
    </section>
  ),
  input: ({ checked }) => (
    <input
      type="checkbox"
      checked={checked === true}
      disabled
      aria-label={checked ? words.shared.itemDone : words.shared.itemOpen}
    />
  ),
};

/** A part of the drawn tree, as far as headings are concerned. */
interface Node {
  tagName?: string;
  properties?: Record<string, unknown>;
  children?: Node[];
}

/**
 * Agents' headings stand below the page's own (h2), whatever level they begin with, and skip none: the first is an
 * h3, those under it h4. `data-level` keeps how each of them looks.
 */
function headings(first: Above) {
  return (tree: Node) => {
    let above = first;
    const visit = (node: Node) => {
      const level = node.tagName === undefined ? undefined : HEADING.exec(node.tagName)?.[1];
      if (level !== undefined) {
        above = withHeading(above, Number(level));
        node.tagName = `h${Math.min(6, 2 + above.length)}`;
        node.properties = { ...node.properties, dataLevel: level };
      }
      node.children?.forEach(visit);
    };
    visit(tree);
  };
}

interface BlockProps {
  readonly source: string;
  readonly above: Above;
}

const Block = memo(function Block({ source, above }: BlockProps) {
  const outline = useMemo<Options["rehypePlugins"]>(() => [[headings, above]], [above]);
  return (
    <div className="prose-block" dir="auto">
      <ReactMarkdown
        remarkPlugins={PLUGINS}
        rehypePlugins={outline}
        urlTransform={safeUrl}
        components={COMPONENTS}
      >
        {source}
      </ReactMarkdown>
    </div>
  );
}, sameBlock);

function sameBlock(a: BlockProps, b: BlockProps): boolean {
  return a.source === b.source && a.above.join() === b.above.join();
}

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
  const { blocks } = held.current;
  const above = useMemo(() => aboveEach(blocks), [blocks]);
  return (
    <div className={cn("prose", streaming && "streaming", className)}>
      {blocks.map((source, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a block's place is its identity; the text only grows
        <Block key={index} source={source} above={above[index] ?? NOTHING_ABOVE} />
      ))}
    </div>
  );
}
