import { glance, look } from "./support/look";
import { Home, startProject } from "./support/pages";
import { expect, SLOW, test } from "./support/test";

test.use({ environment: SLOW });

test("a project is steered from the palette, by name", async ({ page }) => {
  const project = await startProject(page, "A tip calculator for groups");
  await expect(project.status).toHaveText("Running");
  const palette = page.getByRole("dialog", { name: "Commands" });
  const choose = async (typed: string) => {
    await page.keyboard.press("Control+k");
    await palette.getByRole("combobox").fill(typed);
    await page.keyboard.press("Enter");
    await expect(palette).toBeHidden();
  };
  await choose("pause");
  await expect(project.status).toHaveText("Paused");
  await choose("resume");
  await expect(project.status).toHaveText("Running");
  await choose("write to");
  await expect(project.note).toBeFocused();
  await choose("cancel the");
  await page.getByRole("alertdialog").getByRole("button", { name: "Cancel the project" }).click();
  await expect(project.status).toHaveText("Cancelled");
  await choose("inbox");
  await expect(page.getByRole("heading", { name: "Inbox", level: 1 })).toBeVisible();
  await choose("tip calc");
  await page.waitForURL(`**/projects/${project.runId}`);
});

test("keys lead to pages, and to all keys", async ({ page }) => {
  const home = await Home.open(page);
  await home.brief.blur();
  await page.keyboard.press("g");
  await page.keyboard.press("p");
  await expect(page.getByRole("heading", { name: "Projects", level: 1 })).toBeVisible();
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog", { name: "Keyboard shortcuts" })).toBeVisible();
  await glance(page, "shortcuts");
});

test("the palette looks well, empty and with what was found", async ({ page }) => {
  const project = await startProject(page, "A tip calculator for groups");
  await expect(project.status).toHaveText("Running");
  await page.getByRole("button", { name: "Search and commands" }).click();
  const field = page.getByRole("dialog", { name: "Commands" }).getByRole("combobox");
  await expect(field).toBeFocused();
  await look(page, "palette");
  await field.fill("pro");
  await expect(page.getByText("Searching")).toBeHidden();
  await glance(page, "palette-typed");
});
