import { describe, expect, it } from "vitest";
import { span } from "@/lib/format";
import { niceTop } from "@/ui/chart-frame";
import { figure, milliseconds } from "./durations";
import { programOf } from "./programs";

describe("figures as people read them", () => {
  it("have three digits at most", () => {
    expect([0, 0.85, 7.2, 54.04, 240.4, 1234.5].map(figure)).toEqual([
      "0",
      "0.85",
      "7.2",
      "54",
      "240",
      "1,235",
    ]);
    expect([0.85, 999, 4_640].map(milliseconds)).toEqual(["0.85 ms", "999 ms", "4.64 s"]);
    expect([8, 5_284, 134_000].map(span)).toEqual(["8 ms", "5.3 s", "2:14"]);
  });

  it("stand on a scale whose top is round, and never below them", () => {
    expect([0, 1, 3, 4, 9.1, 79.7, 81, 594].map(niceTop)).toEqual([1, 1, 4, 4, 10, 80, 100, 600]);
  });
});

describe("the program of a client", () => {
  it.each([
    ["Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox 140 on Linux"],
    [
      "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36 Edg/156.0",
      "Edge 156 on Windows",
    ],
    [
      "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1 (KHTML, like Gecko) Version/19.0 Mobile/15E148 Safari/604.1",
      "Safari 19 on iOS",
    ],
    ["botarmy/0.1.0 python", "botarmy/0.1.0"],
    ["", "A program"],
  ])("of %s", (userAgent, program) => {
    expect(programOf(userAgent)).toBe(program);
  });
});
