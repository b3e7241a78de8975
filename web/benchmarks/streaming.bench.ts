/** Typing and clicking while five agents stream at 100 tokens a second each: budget 100 ms to the next frame. */

import { Project } from "../e2e/support/pages";
import { test as base, expect } from "../e2e/support/test";
import { load, observe, observed, ranked } from "./figures";
import { TOKENS_PER_SECOND, talkers } from "./talkers";

const SECONDS = 30;
const KEYS_PAUSE_MS = 120;

const test = base.extend({
  // biome-ignore lint/correctness/noEmptyPattern: the runner reads from the pattern that nothing is needed
  environment: async ({}, use, info) => {
    const { provider, environment } = await talkers(info.outputPath("teams"));
    await use(environment);
    await provider.close();
  },
});

test("how soon keys and clicks are answered while five agents stream", async ({ page, botarmy }) => {
  const answer = await page.request.post(`${botarmy.url}/api/runs`, { data: { brief: "Speak" } });
  const { run_id } = await answer.json();
  await page.goto(`/projects/${run_id}`);
  const project = new Project(page);
  await expect(page.getByRole("navigation", { name: "Files" }).getByRole("button")).not.toHaveCount(0);
  await observe(page);
  const before = await cost(page);
  const end = performance.now() + SECONDS * 1000;
  for (let at = 0; performance.now() < end; at++) {
    await project.note.pressSequentially("a note ", { delay: KEYS_PAUSE_MS });
    if (at % 3 === 0) await project.note.fill("");
    await project.card("Tester").click();
    await page.getByRole("button", { name: "Jump to latest" }).click();
  }
  const after = await cost(page);
  const { tasks, interactions } = await observed(page);
  const { median, worst } = ranked(interactions);
  console.log(`five agents at ${TOKENS_PER_SECOND} tokens/s each, ${SECONDS} s (load ${load()}):`);
  console.log(
    `  interactions of 16 ms and more: ${interactions.length}, median ${median} ms, worst ${worst} ms`,
  );
  console.log(`  long tasks: ${tasks.length}, worst ${ranked(tasks).worst.toFixed(0)} ms`);
  console.log(`  the page's main thread was busy for ${(((after - before) / SECONDS) * 100).toFixed(0)} %`);
  await page.request.post(`${botarmy.url}/api/runs/${run_id}/cancel`);
});

/** Seconds that the page's main thread has worked. */
async function cost(page: Project["page"]): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable");
  const { metrics } = await session.send("Performance.getMetrics");
  await session.detach();
  return metrics.find(({ name }) => name === "TaskDuration")?.value ?? 0;
}
