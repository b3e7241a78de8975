/** From an address to something that can be used, on a server that is warm: budget 1 s. */

import type { Browser } from "@playwright/test";
import { startProject } from "../e2e/support/pages";
import { expect, test } from "../e2e/support/test";
import { load, ranked } from "./figures";

const TIMES = 15;

test("how soon the home page and a project can be used", async ({ page, browser, botarmy }) => {
  const project = await startProject(page, "A tip calculator for groups");
  await project.completed();
  const address = page.url();
  await page.close();
  const places = [
    ["home page, until its brief takes text", botarmy.url, 'textarea[aria-label="Project brief"]'],
    ["project, until its conversation is there and it takes a follow-up", address, "textarea"],
  ] as const;
  for (const [what, url, control] of places) {
    const took: number[] = [];
    for (let time = 0; time < TIMES; time++) took.push(await opening(browser, url, control));
    const { median, worst } = ranked(took);
    console.log(`${what}: median ${median.toFixed(0)} ms, worst ${worst.toFixed(0)} ms (load ${load()})`);
    expect(took).toHaveLength(TIMES);
  }
});

/** Milliseconds, in a browser that has never been there. */
async function opening(browser: Browser, url: string, control: string): Promise<number> {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(url, { waitUntil: "commit" });
  const ready = await page.waitForFunction((selector) => {
    const found = document.querySelector<HTMLTextAreaElement>(selector);
    return found !== null && !found.disabled ? performance.now() : 0;
  }, control);
  const took = await ready.jsonValue();
  await context.close();
  return took;
}
