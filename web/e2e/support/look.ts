/** How a state of a page looks: judged by axe, kept as pictures for people to judge. */

import { fileURLToPath } from "node:url";
import { AxeBuilder } from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";

const FOLDER = fileURLToPath(new URL("../../../test-results/screenshots/", import.meta.url));
const SIZES = [
  { width: 1440, height: 900 },
  { width: 1024, height: 768 },
  { width: 390, height: 844 },
] as const;

/** In both themes: axe finds nothing, nothing is wider than the screen, and there is a picture of every width. */
export async function look(page: Page, state: string): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await expect(page.locator("html")).toHaveAttribute("data-theme", colorScheme);
    for (const size of SIZES) {
      await page.setViewportSize(size);
      await page.evaluate(() => document.fonts.ready);
      await page.screenshot({ path: `${FOLDER}${state}-${size.width}-${colorScheme}.png`, animations: "disabled" });
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(wide, `${state} at ${size.width}: pixels to the right of the screen`).toBeLessThanOrEqual(0);
    }
    expect.soft(await violations(page), `${state}, narrow, ${colorScheme}`).toEqual([]);
    await page.setViewportSize(SIZES[0]);
    expect.soft(await violations(page), `${state}, wide, ${colorScheme}`).toEqual([]);
  }
}

async function violations(page: Page): Promise<readonly string[]> {
  const found = await new AxeBuilder({ page }).analyze();
  return found.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${target} ${failureSummary}`),
  );
}
