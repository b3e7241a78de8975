/** Where a card stands beside what it is about. Pure; all in pixels of the window. */

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

const GAP = 12;
const EDGE = 8;

/** Below it where there is room, else above, to the right, to the left; else inside, at its top. */
export function placed(
  about: Box,
  card: Size,
  around: Size,
): { readonly left: number; readonly top: number } {
  const right = about.left + about.width;
  const bottom = about.top + about.height;
  const middle = about.left + about.width / 2 - card.width / 2;
  const places = [
    { left: middle, top: bottom + GAP },
    { left: middle, top: about.top - GAP - card.height },
    { left: right + GAP, top: about.top + GAP },
    { left: about.left - GAP - card.width, top: about.top + GAP },
  ];
  const inside = { left: middle, top: about.top + GAP };
  const found = places.find(({ left, top }, at) => {
    const tall = top >= EDGE && top + card.height <= around.height - EDGE;
    const wide = left >= EDGE && left + card.width <= around.width - EDGE;
    // Above and below it may be moved sideways.
    return tall && (at < 2 || wide);
  });
  const { left, top } = found ?? inside;
  return { left: within(left, card.width, around.width), top: within(top, card.height, around.height) };
}

function within(start: number, length: number, around: number): number {
  return Math.round(Math.max(EDGE, Math.min(start, around - EDGE - length)));
}
