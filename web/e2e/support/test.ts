/** `test` with a server and people in front of it. Every page of every test is watched. */

import { type BrowserContext, test as base, expect, type Page } from "@playwright/test";
import { BotArmy, type Environment } from "./botarmy";
import { Provider, type Script } from "./provider";
import { teamWithoutFallbacks } from "./team";
import { Watch } from "./watch";

/** The offline demo team, at a speed that ends a project in a few seconds. */
export const FAST: Environment = { BOTARMY_MODEL: "demo", BOTARMY_DEMO_SPEED: "0.05" };
/** So slow that what is half written stays so for as long as a test looks at it. */
export const SLOW: Environment = { BOTARMY_MODEL: "demo", BOTARMY_DEMO_SPEED: "2" };

interface World {
  /** The settings of the server's first start. */
  readonly environment: Environment;
  /** Whether the tour comes by itself, as it does for who is here for the first time. */
  readonly newcomer: boolean;
  readonly botarmy: BotArmy;
  readonly watch: Watch;
  /** Another browser of another person; `page` is the first one's. */
  readonly anotherPage: () => Promise<Page>;
}

export const test = base.extend<World>({
  environment: [FAST, { option: true }],
  newcomer: [false, { option: true }],
  botarmy: async ({ environment }, use, info) => {
    const botarmy = await BotArmy.inNewFolder();
    await botarmy.start(environment);
    await use(botarmy);
    if (info.status !== info.expectedStatus) await info.attach("server log", { body: await botarmy.log() });
    await botarmy.remove();
  },
  watch: async ({ botarmy }, use) => {
    const watch = new Watch(() => botarmy.url);
    await use(watch);
    await expect.poll(() => watch.faults, { timeout: 2_000 }).toEqual([]);
  },
  context: async ({ context, watch, newcomer }, use) => {
    watch.over(context);
    if (!newcomer) await wasShownRound(context);
    await use(context);
  },
  baseURL: async ({ botarmy }, use) => use(botarmy.url),
  anotherPage: async ({ browser, botarmy, watch, contextOptions }, use) => {
    const opened: BrowserContext[] = [];
    await use(async () => {
      const context = await browser.newContext({ ...contextOptions, baseURL: botarmy.url });
      opened.push(context);
      watch.over(context);
      await wasShownRound(context);
      return context.newPage();
    });
    for (const context of opened) await context.close();
  },
});

/** Somebody who has seen the tour. */
async function wasShownRound(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    // Frames without an origin, such as previews, have no storage.
    if (window.origin !== "null") localStorage.setItem("botarmy.tour", "home project");
  });
}

/** `test` with agents that use a model, which says what the script tells; a step without the model fails. */
export function testWithModel(script: Script) {
  return test.extend<{ readonly provider: Provider }>({
    // biome-ignore lint/correctness/noEmptyPattern: the runner reads from the pattern that nothing is needed
    provider: async ({}, use) => {
      const provider = await Provider.serving(script);
      await use(provider);
      await provider.close();
    },
    environment: async ({ provider }, use, info) => {
      const teams = info.outputPath("teams");
      await teamWithoutFallbacks(teams);
      await use({ ...provider.environment, BOTARMY_TEAMS_DIR: teams });
    },
  });
}

export { expect };
