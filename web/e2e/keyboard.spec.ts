import type { Locator, Page } from "@playwright/test";
import { Home, Project } from "./support/pages";
import { expect, SLOW, test } from "./support/test";

const STOPS = 40;
test.use({ environment: SLOW });

test("everything from the brief to the end of a project can be done with the keyboard", async ({ page }) => {
  const home = await Home.open(page);
  await expect(home.brief).toBeFocused();
  await tabTo(page, page.getByRole("link", { name: "Skip to the content" }), "Shift+Tab");
  await page.keyboard.press("Enter");
  await tabTo(page, home.brief);
  await page.keyboard.type("A tip calculator for groups");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/projects/*");

  const project = new Project(page);
  await tabTo(page, project.button("Pause"));
  await page.keyboard.press("Enter");
  await expect(project.status).toHaveText("Paused");
  await tabTo(page, project.button("Resume"));
  await page.keyboard.press("Space");
  await expect(project.status).toHaveText("Running");

  await tabTo(page, project.note);
  await page.keyboard.type("Amounts are in euros.");
  await page.keyboard.press("Enter");
  await expect(project.conversation.getByRole("complementary", { name: "Note" })).toBeVisible();
  await expect(project.note).toBeFocused();

  await tabTo(page, project.button("Cancel"), "Shift+Tab");
  await page.keyboard.press("Enter");
  await expect(project.button("Let it go on")).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(project.button("Cancel")).toBeFocused();
  await page.keyboard.press("Enter");
  await tabTo(page, project.button("Cancel the project"));
  await page.keyboard.press("Enter");
  await expect(project.status).toHaveText("Cancelled");
  await tabTo(page, project.result.getByRole("link", { name: "New project" }));
  await page.keyboard.press("Enter");
  await expect(home.brief).toBeEnabled();
});

/** Goes on stop by stop, as a person would; where the focus is can be seen at each of them. */
async function tabTo(page: Page, goal: Locator, key: "Tab" | "Shift+Tab" = "Tab"): Promise<void> {
  await goal.waitFor();
  for (let stop = 0; stop < STOPS; stop++) {
    if (await goal.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press(key);
    await expectVisibleFocus(page);
  }
  throw new Error(`${STOPS} stops with ${key} did not lead to ${goal}`);
}

/** An outline, or, for what is typed into, the border round it. */
async function expectVisibleFocus(page: Page): Promise<void> {
  const focus = await page.evaluate(() => {
    const element = document.activeElement;
    if (element === null || element === document.body) return { name: "the page", visible: true };
    const { outlineStyle, outlineWidth } = getComputedStyle(element);
    const outlined = outlineStyle !== "none" && Number.parseFloat(outlineWidth) > 0;
    const name = element.getAttribute("aria-label") ?? element.textContent ?? element.tagName;
    return { name, visible: outlined || element.matches("textarea") };
  });
  expect(focus, `the focus on ${focus.name}`).toMatchObject({ visible: true });
}
