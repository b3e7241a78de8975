/**
 * A team as a picture: its steps in layers, each below all that it waits for, and a line for each wait.
 *
 * A line that passes a layer has a place of its own in it, so that it runs beside the steps and not behind them.
 * Whatever is wrong with the waits (unknown steps, circles), every step has its place: such a wait has no line.
 */

export interface Step {
  readonly step: string;
  readonly needs: readonly string[];
}

export interface Sizes {
  readonly width: number;
  readonly height: number;
  /** Between two in one layer. */
  readonly gap: number;
  /** Between two layers. */
  readonly drop: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Placed extends Point {
  readonly step: string;
  readonly layer: number;
}

export interface Line {
  readonly from: string;
  readonly to: string;
  /** From the lower edge of one to the upper edge of the other, two for each layer that it passes. */
  readonly points: readonly Point[];
}

export interface Picture {
  readonly width: number;
  readonly height: number;
  /** Layer by layer, from left to right. */
  readonly steps: readonly Placed[];
  readonly lines: readonly Line[];
}

/** Of a line that passes a layer. */
const LANE = 20;
const SWEEPS = 4;

/** A place in a layer: of a step, or of a line that passes. */
interface Place {
  readonly key: string;
  readonly layer: number;
  readonly step: boolean;
  readonly above: string[];
}

export function pictureOf(steps: readonly Step[], sizes: Sizes): Picture {
  const layers = layersOf(steps);
  const waits = waitsOf(steps, layers);
  const rows = ordered(placesOf(steps, layers, waits));
  const widest = Math.max(0, ...rows.map((row) => widthOf(row, sizes)));
  const left = new Map<string, number>();
  for (const row of rows) {
    let x = (widest - widthOf(row, sizes)) / 2;
    for (const place of row) {
      left.set(place.key, x);
      x += (place.step ? sizes.width : LANE) + sizes.gap;
    }
  }
  const top = (layer: number) => layer * (sizes.height + sizes.drop);
  return {
    width: widest,
    height: rows.length === 0 ? 0 : top(rows.length - 1) + sizes.height,
    steps: rows
      .flat()
      .flatMap(({ key, layer, step }) =>
        step ? [{ step: key, layer, x: left.get(key) ?? 0, y: top(layer) }] : [],
      ),
    lines: waits.map(([from, to]) => ({ from, to, points: pointsOf(from, to, layers, left, sizes) })),
  };
}

/** For each step how many stand above it at least: one more than the furthest of those that it waits for. */
export function layersOf(steps: readonly Step[]): ReadonlyMap<string, number> {
  const needs = new Map(steps.map((one) => [one.step, one.needs]));
  const found = new Map<string, number>();
  const visit = (step: string, under: ReadonlySet<string>): number => {
    const known = found.get(step);
    if (known !== undefined) return known;
    const inner = new Set(under).add(step);
    const above = (needs.get(step) ?? []).filter((need) => needs.has(need) && !inner.has(need));
    const layer = Math.max(-1, ...above.map((need) => visit(need, inner))) + 1;
    found.set(step, layer);
    return layer;
  };
  for (const { step } of steps) visit(step, new Set());
  return found;
}

type Wait = readonly [from: string, to: string];

/** Those that lead downwards. */
function waitsOf(steps: readonly Step[], layers: ReadonlyMap<string, number>): readonly Wait[] {
  return steps.flatMap(({ step, needs }) =>
    [...new Set(needs)]
      .filter((need) => (layers.get(need) ?? Infinity) < (layers.get(step) ?? 0))
      .map((need): Wait => [need, step]),
  );
}

function laneOf(from: string, to: string, layer: number): string {
  return `${from}\n${to}\n${layer}`;
}

function placesOf(
  steps: readonly Step[],
  layers: ReadonlyMap<string, number>,
  waits: readonly Wait[],
): readonly Place[][] {
  const rows: Place[][] = [];
  const put = (place: Place) => {
    while (rows.length <= place.layer) rows.push([]);
    rows[place.layer]?.push(place);
    return place;
  };
  const placed = new Map(
    steps.map(({ step }) => [step, put({ key: step, layer: layers.get(step) ?? 0, step: true, above: [] })]),
  );
  for (const [from, to] of waits) {
    let above = from;
    const end = layers.get(to) ?? 0;
    for (let layer = (layers.get(from) ?? 0) + 1; layer < end; layer += 1) {
      const key = laneOf(from, to, layer);
      put({ key, layer, step: false, above: [above] });
      above = key;
    }
    placed.get(to)?.above.push(above);
  }
  return rows;
}

/** Each row by where the rows above pull it: what belongs together stands together. */
function ordered(rows: readonly Place[][]): readonly Place[][] {
  let current: readonly Place[][] = rows;
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    const at = new Map<string, number>();
    current = current.map((row) => {
      const pull = (place: Place, own: number) => {
        const above = place.above.flatMap((key) => at.get(key) ?? []);
        return above.length === 0 ? own : above.reduce((sum, x) => sum + x, 0) / above.length;
      };
      const share = (index: number) => (index + 0.5) / row.length;
      const pulled = row.map((place, index) => ({ place, to: pull(place, share(index)), index }));
      pulled.sort((one, other) => one.to - other.to || one.index - other.index);
      const sorted = pulled.map(({ place }) => place);
      for (const [index, { key }] of sorted.entries()) at.set(key, share(index));
      return sorted;
    });
  }
  return current;
}

function widthOf(row: readonly Place[], { width, gap }: Sizes): number {
  return row.reduce((sum, place) => sum + (place.step ? width : LANE), 0) + gap * Math.max(0, row.length - 1);
}

function pointsOf(
  from: string,
  to: string,
  layers: ReadonlyMap<string, number>,
  left: ReadonlyMap<string, number>,
  { width, height, drop }: Sizes,
): readonly Point[] {
  const top = (layer: number) => layer * (height + drop);
  const start = layers.get(from) ?? 0;
  const end = layers.get(to) ?? 0;
  const points: Point[] = [{ x: (left.get(from) ?? 0) + width / 2, y: top(start) + height }];
  for (let layer = start + 1; layer < end; layer += 1) {
    const x = (left.get(laneOf(from, to, layer)) ?? 0) + LANE / 2;
    points.push({ x, y: top(layer) }, { x, y: top(layer) + height });
  }
  points.push({ x: (left.get(to) ?? 0) + width / 2, y: top(end) });
  return points;
}

/** A line as the `d` of a path: straight down past a layer, in a soft bend between two. */
export function pathOf({ points }: Line): string {
  const [first, ...rest] = points;
  if (first === undefined) return "";
  let at = first;
  let path = `M${first.x} ${first.y}`;
  for (const point of rest) {
    const middle = (at.y + point.y) / 2;
    path +=
      at.x === point.x
        ? ` L${point.x} ${point.y}`
        : ` C${at.x} ${middle} ${point.x} ${middle} ${point.x} ${point.y}`;
    at = point;
  }
  return path;
}
