import { defineConfig } from "@playwright/test";

const ARGUMENTS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
  "--disable-quic",
  // A name that is not this machine's to the browser, which so trusts it less: as in a network, without TLS.
  "--host-resolver-rules=MAP bots.example.org 127.0.0.1",
];

/** The browser tests: a real server for each test, the built page, the system's own Chromium. */
export default defineConfig({
  testDir: "e2e",
  outputDir: "../test-results/browser",
  reporter: "list",
  fullyParallel: true,
  workers: 2,
  retries: 0,
  forbidOnly: process.env.CI !== undefined,
  timeout: 60_000,
  expect: { timeout: 20_000 },
  use: {
    viewport: { width: 1440, height: 900 },
    locale: "en-GB",
    // What a test is about comes from the server, not from what the page keeps; e2e/shell-offline allows it.
    serviceWorkers: "block",
    // No traces: recording one puts scripts into the frames whose scripts must not run.
    screenshot: "only-on-failure",
    launchOptions: { executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ARGUMENTS },
  },
});
