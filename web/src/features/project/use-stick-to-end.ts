import { useCallback, useLayoutEffect, useRef, useState } from "react";

/** This close to the end (pixels) counts as being there. */
const NEAR = 40;

/**
 * Keeps a scrolling element at its end while its reader is there; a reader who scrolled away is left in peace.
 * `scroller` is the element that scrolls, `content` what grows inside it; `startAtEnd` says where it opens.
 */
export function useStickToEnd(startAtEnd: boolean) {
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const sticking = useRef(startAtEnd);
  const [atEnd, setAtEnd] = useState(startAtEnd);

  const toEnd = useCallback(() => {
    const element = scroller.current;
    if (element === null) return;
    sticking.current = true;
    setAtEnd(true);
    element.scrollTop = element.scrollHeight;
  }, []);

  const onScroll = useCallback(() => {
    const element = scroller.current;
    if (element === null) return;
    const near = element.scrollHeight - element.clientHeight - element.scrollTop <= NEAR;
    sticking.current = near;
    setAtEnd(near);
  }, []);

  useLayoutEffect(() => {
    const [grows, views] = [content.current, scroller.current];
    if (grows === null || views === null) return;
    const observer = new ResizeObserver(() => {
      if (sticking.current) views.scrollTop = views.scrollHeight;
    });
    observer.observe(grows);
    // The end is also lost where less of it can be seen: a request is pinned, a note wraps, a keyboard opens.
    observer.observe(views);
    return () => observer.disconnect();
  }, []);

  return { scroller, content, atEnd, toEnd, onScroll };
}
