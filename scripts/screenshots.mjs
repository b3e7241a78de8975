// Drives a browser through a project: takes its picture in light and dark at the same moment, and one of each of its stages.
// Usage: node scripts/screenshots.mjs <url of a server in demo mode> <folder>

import { statSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const require = createRequire(new URL("../web/package.json", import.meta.url));
const { chromium } = require("playwright-core");

const BRIEF = "A tip calculator for groups";
const SIZE = { width: 1440, height: 900 };
const LARGEST_BYTES = 300 * 1024;
const RUN_MS = 90_000;

const [url, folder] = process.argv.slice(2);
if (folder === undefined) {
  console.error("Usage: node scripts/screenshots.mjs <url> <folder>");
  process.exit(2);
}

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox"],
});
try {
  const light = await openedIn("light", url);
  await light.getByRole("textbox").first().fill(BRIEF);
  await stage(light, "1-brief");
  await light.keyboard.press("Enter");
  await light.waitForURL("**/projects/*");
  const dark = await openedIn("dark", light.url());
  await light.getByText("What the team builds").first().waitFor({ timeout: RUN_MS });
  await stage(light, "2-requirements");
  const pages = { light, dark };
  await Promise.all(Object.values(pages).map(developerAtWork));
  for (const [scheme, page] of Object.entries(pages)) await picture(page, `project-${scheme}.png`);
  await stage(light, "3-development");
  await light.getByText("Completed", { exact: true }).nth(5).waitFor({ timeout: RUN_MS });
  await stage(light, "4-complete");
} finally {
  await browser.close();
}

async function openedIn(colorScheme, address) {
  const context = await browser.newContext({ viewport: SIZE, deviceScaleFactor: 1.5, colorScheme });
  await context.addInitScript(() => {
    // Somebody who has seen the tour; frames without an origin have no storage.
    if (window.origin !== "null") localStorage.setItem("botarmy.tour", "home project");
  });
  const page = await context.newPage();
  await page.goto(address);
  return page;
}

/** The moment worth a picture: two agents are done, files are there, and the third one writes. */
async function developerAtWork(page) {
  const files = page.getByRole("navigation", { name: "Files" });
  await files.getByRole("button", { name: "index.html" }).waitFor({ timeout: RUN_MS });
  await page.evaluate(() => document.fonts.ready);
}

/** Smaller: four of them stand side by side. */
function stage(page, name) {
  return picture(page, `run-${name}.png`, "css");
}

async function picture(page, name, scale = "device") {
  const path = join(folder, name);
  await page.screenshot({ path, scale, animations: "disabled" });
  const bytes = statSync(path).size;
  if (bytes > LARGEST_BYTES) throw new Error(`${path} has ${bytes} bytes, the bound is ${LARGEST_BYTES}`);
  console.log(`${path} ${Math.round(bytes / 1024)} KiB`);
}
