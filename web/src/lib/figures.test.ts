// @vitest-environment node
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { readConnections, readStats } from "./figures";

const PAGE = readFileSync("../docs/reference/http.md", "utf8");

/** The examples of the reference, which the server is held to as well. */
function examples(route: string): readonly object[] {
  const section = PAGE.split(/^### /m).find((one) => one.startsWith(`\`GET ${route}\``)) ?? "";
  return [...section.matchAll(/^```json\n([\s\S]*?)^```$/gm)].map(([, json]) => JSON.parse(json ?? ""));
}

it("the figures are read as the reference shows them", () => {
  const [stats, rate_limits] = examples("/api/stats");
  const read = readStats({ ...stats, rate_limits });
  expect(read).toMatchObject({ ...stats, rate_limits, delivery_ms: { p50: 1.84 }, command_ms: {} });
  expect(readStats(stats).rate_limits).toEqual({});
});

it("connections are read as the reference shows them", () => {
  const [none, one] = examples("/api/connections");
  expect(readConnections(none)).toEqual(none);
  expect(readConnections({ connections: [one] })).toEqual({ connections: [one] });
});
