import { useVirtualizer } from "@tanstack/react-virtual";
import { type ReactNode, useEffect, useRef } from "react";
import { cn } from "./cn";

interface Props<T> {
  readonly label: string;
  readonly items: readonly T[];
  readonly keyOf: (item: T) => string;
  /** A row's height in pixels, before it was measured. */
  readonly estimate: number;
  readonly children: (item: T, at: number) => ReactNode;
  /** Below the last row. */
  readonly footer?: ReactNode;
  /** The last rows have come into sight. */
  readonly onEnd?: () => void;
  /** This row is brought into sight whenever it becomes another one, or the room for it does; -1: none. */
  readonly current?: number;
  readonly className?: string;
}

const OVERSCAN = 12;
/** Before the first measure, and where nothing is ever measured. */
const FIRST_SIGHT = { width: 800, height: 800 };

/** A list of any length that scrolls by itself, in a column that bounds it: what is out of sight is not drawn. */
export function VirtualList<T>(props: Props<T>) {
  const { label, items, keyOf, estimate, children, footer, onEnd, current = -1, className } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => estimate,
    getItemKey: (at) => keyOf(items[at] as T),
    initialRect: FIRST_SIGHT,
    overscan: OVERSCAN,
    useFlushSync: false,
  });
  const shown = rows.getVirtualItems();
  const atEnd = (shown.at(-1)?.index ?? 0) >= items.length - 1;
  useEffect(() => {
    if (atEnd) onEnd?.();
  }, [atEnd, onEnd]);
  const height = rows.scrollRect?.height ?? FIRST_SIGHT.height;
  useEffect(() => {
    if (current >= 0 && height > 0) rows.scrollToIndex(current, { align: "auto" });
  }, [current, height, rows]);
  return (
    <div ref={scroller} className={cn("min-h-0 overflow-y-auto", className)}>
      <ul aria-label={label} className="relative" style={{ height: rows.getTotalSize() }}>
        {shown.map(({ key, index, start }) => (
          <li
            key={key}
            ref={rows.measureElement}
            data-index={index}
            aria-setsize={items.length}
            aria-posinset={index + 1}
            className="absolute inset-x-0 top-0 border-b"
            style={{ transform: `translateY(${start}px)` }}
          >
            {children(items[index] as T, index)}
          </li>
        ))}
      </ul>
      {footer}
    </div>
  );
}
