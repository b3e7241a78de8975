import { glance, look } from "./support/look";
import { SignIn, startProject } from "./support/pages";
import { expect, test } from "./support/test";

const BRIEF = "A tip calculator for groups";

test("analytics look back on what became of projects, and stand still until they are reloaded", async ({
  page,
}) => {
  test.slow();
  await page.goto("/analytics");
  await expect(page.getByText("No projects in this time")).toBeVisible();
  await glance(page, "analytics-empty");

  await (await startProject(page, BRIEF)).completed();
  await startProject(page, "A reading list");
  await page.getByRole("link", { name: "Analytics" }).click();
  await page.getByRole("button", { name: "Reload" }).click();
  const summary = page.getByRole("region", { name: "Summary" });
  await expect(summary).toContainText("100 %");
  await expect(page.getByRole("region", { name: "Agents" }).first()).toContainText("Developer");
  await expect(page.getByRole("region", { name: "Models" }).first()).toContainText("demo");
  await look(page, "analytics");
});

test("the days that are shown stand in the address, and each table is there as a file", async ({ page }) => {
  test.slow();
  await startProject(page, BRIEF);
  await page.goto("/analytics");
  await page.getByRole("combobox", { name: "Period" }).selectOption("Last 7 days");
  await expect(page).toHaveURL(/days=7/);
  await expect(page.getByRole("table", { name: "Cost" }).getByRole("row")).toHaveCount(8);
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Agents as CSV" }).click(),
  ]);
  expect(file.suggestedFilename()).toMatch(/^botarmy-agents-\d{4}-\d\d-\d\d-\d{4}-\d\d-\d\d\.csv$/);
});

test.describe("where agents fail and ask", () => {
  test.use({ environment: { BOTARMY_MODEL: "demo:question", BOTARMY_DEMO_SPEED: "0.05" } });

  test("what waits for a person is told, with the way to it", async ({ page }) => {
    test.slow();
    const project = await startProject(page, BRIEF);
    await expect(page.getByRole("textbox", { name: "Your answer" })).toBeVisible();
    await page.goto("/analytics");
    const longest = page.getByRole("region", { name: "Longest waits" }).first();
    await expect(longest).toContainText("still waits");
    await look(page, "analytics-waits");
    await longest.getByRole("link", { name: BRIEF }).click();
    await expect(project.conversation).toBeVisible();
  });
});

test.describe("where people sign in", () => {
  test.use({ environment: { BOTARMY_MODEL: "demo", BOTARMY_DEMO_SPEED: "0.05", BOTARMY_AUTH: "on" } });

  test("members see their own projects, and admins everybody's", async ({ page, anotherPage, botarmy }) => {
    test.slow();
    const [anna, bob, root] = await Promise.all([
      botarmy.token("anna", "member"),
      botarmy.token("bob", "member"),
      botarmy.token("root", "admin"),
    ]);
    await page.goto("/");
    await new SignIn(page).with(anna.secret);
    await startProject(page, BRIEF);

    const member = await anotherPage();
    await member.goto("/analytics");
    await new SignIn(member).with(bob.secret);
    await expect(member.getByText("No projects in this time")).toBeVisible();

    const admin = await anotherPage();
    await admin.goto("/analytics");
    await new SignIn(admin).with(root.secret);
    await expect(admin.getByRole("region", { name: "Summary" })).toBeVisible();
  });
});
