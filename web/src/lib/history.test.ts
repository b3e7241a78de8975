import { describe, expect, it } from "vitest";
import { readStats, type Stats } from "./figures";
import { HISTORY_MS, linesOf, type Sample, valueAt, withSample } from "./history";

function stats(queued: number): Stats {
  const none = { p50: null, p95: null, p99: null };
  return readStats({
    jobs: { queued },
    events_per_second: 0,
    connections: 0,
    lag: { max: 0, p99: 0 },
    connected_share: null,
    delivery_ms: none,
    command_ms: none,
    rate_limits: {},
  });
}

const sample = (at: number, queued: number | null): Sample => ({
  at,
  stats: queued === null ? null : stats(queued),
});
const queued = ({ jobs }: Stats) => jobs.queued ?? null;
const written = (history: readonly Sample[], from: number, to: number) =>
  linesOf(history, queued, from, to).map((line) => line.map(({ at, value }) => `${at}:${value}`).join(" "));

describe("the history of figures", () => {
  it("keeps the window, and the one sample before it that holds into it", () => {
    const history = [0, 1_000, 2_000, HISTORY_MS + 1_500].reduce<readonly Sample[]>(
      (all, at) => withSample(all, sample(at, at)),
      [],
    );
    expect(history.map(({ at }) => at)).toEqual([1_000, 2_000, HISTORY_MS + 1_500]);
  });

  it("has a bound, however often it is told", () => {
    let history: readonly Sample[] = [];
    for (let at = 0; at < 2_000; at += 1) history = withSample(history, sample(at, at));
    expect(history).toHaveLength(600);
    expect(history.at(-1)?.at).toBe(1_999);
  });

  it("is a level line where nothing was told for a while: the figure was the same", () => {
    expect(written([sample(0, 3), sample(10_000, 5)], 0, 12_000)).toEqual(["0:3 10000:3 10000:5 12000:5"]);
  });

  it("is a slope between neighbours, and reaches to now", () => {
    expect(written([sample(0, 3), sample(1_000, 5)], 0, 1_500)).toEqual(["0:3 1000:5 1500:5"]);
  });

  it("has a gap where nobody knows", () => {
    expect(written([sample(0, 3), sample(5_000, null), sample(9_000, 1)], 0, 10_000)).toEqual([
      "0:3 5000:3",
      "9000:1 10000:1",
    ]);
    expect(written([sample(0, 3), sample(5_000, null)], 0, 10_000)).toEqual(["0:3 5000:3"]);
  });

  it("starts at the window's edge", () => {
    expect(written([sample(0, 3), sample(1_000, 4), sample(9_000, 5)], 6_000, 9_500)).toEqual([
      "6000:4 9000:4 9000:5 9500:5",
    ]);
  });

  it("tells what a figure was at a moment, as far as it is known", () => {
    const history = [sample(1_000, 3), sample(5_000, null)];
    expect([500, 1_000, 4_999, 5_000].map((at) => valueAt(history, queued, at))).toEqual([null, 3, 3, null]);
  });
});
