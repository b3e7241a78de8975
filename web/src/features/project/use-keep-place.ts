import { type RefObject, useLayoutEffect, useRef } from "react";

/**
 * What is below the returned element stays where it is on the screen when `added` changes: something has come above
 * it. `scroller` is the element that scrolls.
 */
export function useKeepPlace(scroller: RefObject<HTMLElement | null>, added: unknown) {
  const mark = useRef<HTMLDivElement>(null);
  const before = useRef<number | null>(null);
  const known = useRef(added);
  useLayoutEffect(() => {
    const [element, views] = [mark.current, scroller.current];
    if (element === null || views === null) return;
    const place = element.offsetTop;
    if (known.current !== added && added !== undefined && before.current !== null)
      views.scrollTop = before.current + place;
    known.current = added;
    // How far it was scrolled beyond the mark, which counts until something comes above it.
    const remember = () => {
      before.current = views.scrollTop - element.offsetTop;
    };
    remember();
    views.addEventListener("scroll", remember, { passive: true });
    return () => views.removeEventListener("scroll", remember);
  }, [scroller, added]);
  return mark;
}
