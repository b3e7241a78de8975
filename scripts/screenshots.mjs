// Drives a browser through a project, and takes its picture in light and dark at the same moment.
// Usage: node scripts/screenshots.mjs <url of a server in demo mode> <folder>

import { statSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const require = createRequire(new URL("../web/package.json", import.meta.url));
const { chromium } = require("playwright-core");

const BRIEF = "A tip calculator for groups";
const SIZE = { width: 1440, height: 900 };
const LARGEST_BYTES = 300 * 1024;
const RUN_MS = 60_000;

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
  await light.keyboard.press("Enter");
  await light.waitForURL("**/projects/*");
  const dark = await openedIn("dark", light.url());
  const pages = { light, dark };
  await Promise.all(Object.values(pages).map(developerAtWork));
  for (const [scheme, page] of Object.entries(pages)) await picture(page, `project-${scheme}.png`);
} finally {
  await browser.close();
}

async function openedIn(colorScheme, address) {
  const context = await browser.newContext({ viewport: SIZE, deviceScaleFactor: 1.5, colorScheme });
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

async function picture(page, name) {
  const path = join(folder, name);
  await page.screenshot({ path });
  const bytes = statSync(path).size;
  if (bytes > LARGEST_BYTES) throw new Error(`${path} has ${bytes} bytes, the bound is ${LARGEST_BYTES}`);
  console.log(`${path} ${Math.round(bytes / 1024)} KiB`);
}
