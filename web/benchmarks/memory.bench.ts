/** Whether the page keeps its size while five agents stream into it, `MINUTES` long: the aim is that it is flat. */

import { test as base, expect } from "../e2e/support/test";
import { load, type Memory, memoryOf, ranked } from "./figures";
import { talkers } from "./talkers";

const MINUTES = Number(process.env.MINUTES ?? 30);
const EVERY_MS = 60_000;

const test = base.extend({
  // biome-ignore lint/correctness/noEmptyPattern: the runner reads from the pattern that nothing is needed
  environment: async ({}, use, info) => {
    const { provider, environment } = await talkers(info.outputPath("teams"));
    await use(environment);
    await provider.close();
  },
});

test("whether the page keeps its size while five agents stream into it", async ({ page, botarmy }) => {
  const answer = await page.request.post(`${botarmy.url}/api/runs`, { data: { brief: "Speak" } });
  const { run_id } = await answer.json();
  await page.goto(`/projects/${run_id}`);
  await expect(page.getByRole("navigation", { name: "Files" }).getByRole("button")).not.toHaveCount(0);
  const session = await page.context().newCDPSession(page);
  const samples: Memory[] = [];
  const begun = performance.now();
  const minutes = () => (performance.now() - begun) / 60_000;
  // By the clock: on a busy machine a sample takes its time.
  while (minutes() < MINUTES) {
    await page.waitForTimeout(EVERY_MS);
    const memory = await memoryOf(session);
    samples.push(memory);
    const shown = await page.getByRole("article").count();
    console.log(
      `minute ${minutes().toFixed(1)}: heap ${memory.heapMiB.toFixed(1)} MiB, ${memory.nodes} nodes, ` +
        `${memory.listeners} listeners, ${shown} messages on the page (load ${load()})`,
    );
  }
  console.log(compared("heap, MiB", samples, ({ heapMiB }) => heapMiB));
  console.log(compared("nodes", samples, ({ nodes }) => nodes));
  await page.request.post(`${botarmy.url}/api/runs/${run_id}/cancel`);
});

/** The median of the last fifth beside that of the first. */
function compared(what: string, samples: readonly Memory[], figure: (memory: Memory) => number): string {
  const fifth = Math.max(1, Math.floor(samples.length / 5));
  const first = ranked(samples.slice(0, fifth).map(figure)).median;
  const last = ranked(samples.slice(-fifth).map(figure)).median;
  const change = ((last / first - 1) * 100).toFixed(1);
  return `${what}: first fifth ${first.toFixed(1)}, last fifth ${last.toFixed(1)}, ${change} %`;
}
