import { defineConfig } from "@playwright/test";
import browser from "../playwright.config";

/** What the page costs, measured in the browser. One at a time, and no judgement by a clock: each prints its figures. */
export default defineConfig({
  use: { ...browser.use, screenshot: "off", locale: "en-GB" },
  testDir: ".",
  testMatch: "*.bench.ts",
  outputDir: "../../test-results/budgets",
  reporter: [["line"]],
  workers: 1,
  retries: 0,
  timeout: 0,
  expect: { timeout: 60_000 },
});
