import type { Locator, Page } from "@playwright/test";
import { glance, look } from "./support/look";
import { Home, Project } from "./support/pages";
import { expect, test } from "./support/test";

const BRIEF = "A tip calculator for groups";
const NOTES = "docs/requirements.md";

/** A project whose analyst is done, and what waits for the person there. */
async function waiting(page: Page): Promise<[Project, Locator]> {
  const home = await Home.open(page);
  await page.getByRole("combobox", { name: "Ask me" }).selectOption({ label: "Ask me after Analyst" });
  const project = await home.submit(BRIEF);
  const card = page.getByRole("region", { name: /^Approval: / });
  await expect(project.status).toHaveText("Waiting for you");
  await expect(card).toContainText("Analyst is done: Requirements. May the team go on with it?");
  await expect(card).toContainText("Asked");
  return [project, card];
}

test("what waits for approval looks right, and so do the editors", async ({ page }) => {
  test.slow();
  const [project, card] = await waiting(page);
  await look(page, "approval");
  await card.getByRole("button", { name: "Edit", exact: true }).click();
  const text = page.getByRole("textbox", { name: "Text" });
  await expect(text).toHaveValue(/Purpose/);
  await glance(page, "approval-edit");
  await page.getByRole("button", { name: "Discard" }).click();
  await project.openFile(NOTES);
  await page.getByRole("button", { name: "Edit requirements.md" }).click();
  await expect(text).toHaveValue(/Purpose/);
  await glance(page, "edit-file");
});

test("a person sends work back, edits it, approves it, and runs again what depends on a file", async ({
  page,
  anotherPage,
}) => {
  test.slow();
  const [project, card] = await waiting(page);
  const words = card.getByRole("textbox", { name: "A word with your decision" });
  await words.fill("Add a rule about tips for children");
  await card.getByRole("button", { name: "Send back" }).click();
  const again = card.filter({ hasText: "round 2 of 3" });
  await expect(again).toBeVisible();
  await expect(project.conversation).toContainText("Sent back: Add a rule about tips for children");

  const other = new Project(await anotherPage());
  await other.page.goto(`/projects/${project.runId}`);
  const theirs = await other.openFile(NOTES);
  await expect(theirs).toContainText("Add a rule about tips for children");
  await other.page.getByRole("button", { name: "Edit requirements.md" }).click();
  await other.page.getByRole("textbox", { name: "Text" }).fill("# Rules\n\nNobody tips twice.\n");
  await other.page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(again).toContainText("This has changed since you opened it.");

  await again.getByRole("button", { name: NOTES }).click();
  const preview = page.getByRole("region", { name: `Preview of ${NOTES}` });
  await expect(preview).toContainText("Nobody tips twice.");
  await again.getByRole("button", { name: "Edit", exact: true }).click();
  const text = page.getByRole("textbox", { name: "Text" });
  await expect(text).toHaveValue("# Rules\n\nNobody tips twice.\n");
  await text.fill("# Rules\n\nEverybody tips once.\n");
  await text.press("Control+Enter");
  await expect(text).toBeHidden();
  await project.completed();
  await expect(project.conversation).toContainText(`Edited: ${NOTES}`);
  await expect(preview).toContainText("Everybody tips once.");

  await page.getByRole("button", { name: "Edit requirements.md" }).click();
  await text.fill("# Rules\n\nNo tips.\n");
  await page.getByRole("checkbox", { name: "Run again what depends on it" }).check();
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(project.status).toHaveText("Running");
  await project.completed();
});
