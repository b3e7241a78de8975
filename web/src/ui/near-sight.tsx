import { type ReactNode, startTransition, useEffect, useRef, useState } from "react";

/** Of what scrolls: within so much of what can be seen, things are drawn. */
const MARGIN = "1500px 0px";

/**
 * Draws what is in sight, or nearly; of the rest it keeps the room free, as high as it was. What scrolls around it says
 * so with `data-scrolls`.
 */
export function NearSight({ children }: { children: ReactNode }) {
  const place = useRef<HTMLDivElement>(null);
  /** Of what is not drawn, in pixels; null: it is drawn. */
  const [height, setHeight] = useState<number | null>(null);
  useEffect(() => {
    const element = place.current;
    if (element === null || !("IntersectionObserver" in window)) return;
    const observer = new IntersectionObserver(
      ([entry]) => {
        if (entry === undefined) return;
        if (!entry.isIntersecting) setHeight(entry.boundingClientRect.height);
        // In pieces, so that it holds up nothing.
        else startTransition(() => setHeight(null));
      },
      { root: element.closest("[data-scrolls]"), rootMargin: MARGIN },
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return (
    <div ref={place} style={height === null ? undefined : { height }}>
      {height === null && children}
    </div>
  );
}
