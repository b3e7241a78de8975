/** How a state of a page looks: judged by axe, kept as pictures for people to judge. */

import { fileURLToPath } from "node:url";
import { AxeBuilder } from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";

const FOLDER = fileURLToPath(new URL("../../../test-results/screenshots/", import.meta.url));
const WIDE = { width: 1440, height: 900 };
const MIDDLE = { width: 1024, height: 768 };
const PHONE = { width: 390, height: 844 };
const THEMES = ["light", "dark"] as const;

/** In both themes: axe finds nothing, nothing is wider than the screen, and there is a picture of every width. */
export async function look(page: Page, state: string): Promise<void> {
  for (const theme of THEMES) {
    await wear(page, theme);
    for (const size of [MIDDLE, PHONE, WIDE]) {
      await page.setViewportSize(size);
      await picture(page, `${state}-${size.width}-${theme}`);
      // The theme changes colours alone, so the phone's layout is judged in one of them.
      if (size === WIDE || (size === PHONE && theme === "light")) {
        await judge(page, `${state} at ${size.width}, ${theme}`);
      }
    }
  }
}

/** The same for a lesser state, on a large screen. */
export async function glance(page: Page, state: string): Promise<void> {
  for (const theme of THEMES) {
    await wear(page, theme);
    await picture(page, `${state}-${WIDE.width}-${theme}`);
    await judge(page, `${state}, ${theme}`);
  }
}

/** A picture alone, of what does not last. */
export async function snap(page: Page, state: string): Promise<void> {
  await picture(page, `${state}-${WIDE.width}-light`);
}

async function wear(page: Page, theme: (typeof THEMES)[number]): Promise<void> {
  await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
  await expect(page.locator("html")).toHaveAttribute("data-theme", theme);
}

async function picture(page: Page, name: string): Promise<void> {
  await page.evaluate(() => document.fonts.ready);
  await page.screenshot({ path: `${FOLDER}${name}.png`, animations: "disabled" });
  const surplus = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect(surplus, `${name}: pixels to the right of the screen`).toBeLessThanOrEqual(0);
}

async function judge(page: Page, state: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const sentences = violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${target} ${failureSummary}`),
  );
  expect.soft(sentences, `what axe says of ${state}`).toEqual([]);
}
