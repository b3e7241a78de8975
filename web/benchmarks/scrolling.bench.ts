/** A run of 10,000 messages: reading back through it and scrolling, without a task of 50 ms. */

import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Page } from "@playwright/test";
import { BotArmy } from "../e2e/support/botarmy";
import { Project } from "../e2e/support/pages";
import { test as base, expect } from "../e2e/support/test";
import { load, observe, observed, ranked } from "./figures";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const MESSAGES = 10_000;
const PAGES_READ = 10;

const test = base.extend({
  // biome-ignore lint/correctness/noEmptyPattern: the runner reads from the pattern that nothing is needed
  botarmy: async ({}, use) => {
    const botarmy = await BotArmy.inNewFolder();
    const writing = [
      "-m",
      "benchmarks.longrun",
      "--folder",
      botarmy.dataFolder,
      "--messages",
      String(MESSAGES),
    ];
    await promisify(execFile)(`${ROOT}.venv/bin/python`, writing, { cwd: ROOT });
    await botarmy.start({ BOTARMY_MODEL: "demo" });
    await use(botarmy);
    await botarmy.remove();
  },
});

test("how a run of 10,000 messages scrolls", async ({ page }) => {
  const { runs } = await (await page.request.get("/api/runs")).json();
  await page.goto(`/projects/${runs[0].run_id}`);
  const project = new Project(page);
  await expect(project.conversation.getByRole("article")).not.toHaveCount(0);
  const scroller = page.locator("[data-scrolls]");
  await observe(page);
  const told: number[] = [];
  for (let read = 0; read < PAGES_READ; read++) {
    await scroller.evaluate((element) => element.scrollTo(0, 0));
    const height = await scroller.evaluate((element) => element.scrollHeight);
    await page.getByRole("button", { name: "Earlier messages" }).click();
    await expect.poll(() => scroller.evaluate((element) => element.scrollHeight)).toBeGreaterThan(height);
    told.push((await scroll(page, -1)) + (await scroll(page, 1)));
  }
  const { tasks } = await observed(page);
  console.log(
    `${MESSAGES} messages, ${PAGES_READ} times 200 earlier ones read, ` +
      `${Math.round(ranked(told).median)} px scrolled each time (load ${load()}):`,
  );
  console.log(`  long tasks: ${tasks.length}, worst ${ranked(tasks).worst.toFixed(0)} ms`);
  console.log(`  elements on the page at the end: ${await page.evaluate(() => document.all.length)}`);
});

/** With the wheel, to the end or the beginning; how far, in pixels. */
async function scroll(page: Page, direction: 1 | -1): Promise<number> {
  const scroller = page.locator("[data-scrolls]");
  await scroller.hover();
  const place = () => scroller.evaluate((element) => element.scrollTop);
  const begun = await place();
  for (let steps = 0; steps < 60; steps++) {
    await page.mouse.wheel(0, direction * 600);
    await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(drawn)));
  }
  return Math.abs((await place()) - begun);
}
