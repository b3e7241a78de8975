/** No technical word reaches a person, on any page but the monitor and a project's events (both shown by role). */

import type { Page } from "@playwright/test";
import { connection, Home, LOST, Project, SignIn, startProject } from "./support/pages";
import { expect, FAST, SLOW, test, testWithModel } from "./support/test";
import { speaksPlainly, technicalIn } from "./support/words";

const BRIEF = "A tip calculator for groups";

/** Each by a heading that is there once the page has something to say. */
const PAGES = ["Projects", "Inbox", "Teams", "Analytics", "Settings"] as const;

async function walk(page: Page, who: string): Promise<void> {
  for (const name of PAGES) {
    await page.goto(`/${name.toLowerCase()}`);
    await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
    await expect(page.locator("main .animate-pulse")).toHaveCount(0);
    await speaksPlainly(page, `${name}, ${who}`);
  }
}

test("what is technical is found", () => {
  for (const text of [
    "Error 500",
    "HTTP/401",
    "Internal Server Error",
    "KeyError: 'a'",
    "Traceback (most recent call last)",
    '{"code":"busy"}',
    "undefined",
    "NaN s ago",
    "[object Object]",
    "run_not_running",
    "OPENAI_API_KEY",
    "2026-11-22T02:36:00Z",
    "01939f3e-0001-7000-8000-00000000b07a",
    "8f14e45fceea167a",
    "at Message (index.js:1:20)",
  ]) {
    expect(technicalIn(text), text).not.toEqual([]);
  }
  for (const text of [
    "412 tokens",
    "Error",
    "$500",
    "Chrome 140 on Linux",
    "10000000 tokens a minute",
    "500",
  ]) {
    expect(technicalIn(text), text).toEqual([]);
  }
});

test("pages without and with a completed project speak plainly", async ({ page }) => {
  test.slow();
  const home = await Home.open(page);
  await expect(home.recent).toContainText("No projects yet");
  await speaksPlainly(page, "home without projects");
  await page.goto("/no/such/page");
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await speaksPlainly(page, "a page that is not there");
  await page.goto("/projects/nonsense");
  await expect(page.getByRole("heading", { level: 1 })).toContainText("does not exist");
  await speaksPlainly(page, "a project that is not there");
  await walk(page, "without projects");

  const project = await startProject(page, BRIEF);
  await project.completed();
  await speaksPlainly(page, "a completed project");
  await project.openFile("docs/requirements.md");
  await speaksPlainly(page, "a file");
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog")).toBeVisible();
  await speaksPlainly(page, "the shortcuts");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Control+k");
  await expect(page.getByRole("dialog")).toContainText("Settings");
  await speaksPlainly(page, "the commands");
  await walk(page, "with a project");
  await page.goto("/teams/software");
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await speaksPlainly(page, "a team");
  await page.goto("/teams/new");
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await speaksPlainly(page, "a new team");
});

test.describe("a project under way", () => {
  test.use({ environment: SLOW });

  test("speaks plainly at work, paused, asked to be cancelled, and without the server", async ({
    page,
    anotherPage,
    botarmy,
  }) => {
    test.slow();
    const project = await startProject(page, BRIEF);
    await expect(project.said("Analyst").first()).toContainText(/\w+ \w+/);
    await speaksPlainly(page, "a project at work");
    await project.button("Pause").click();
    await expect(project.status).toHaveText("Paused");
    await speaksPlainly(page, "a paused project");
    await project.button("Cancel").click();
    await expect(page.getByRole("alertdialog")).toBeVisible();
    await speaksPlainly(page, "the question before a cancel");
    await project.button("Let it go on").click();
    const home = await Home.open(await anotherPage());
    // Other pages are loaded in advance, for when the server is away.
    await home.page.waitForLoadState("networkidle");
    await botarmy.kill();
    for (const one of [page, home.page]) await expect(connection(one)).toHaveText(LOST);
    await project.button("Resume").click();
    await speaksPlainly(page, "a project without the server");
    await speaksPlainly(home.page, "home without the server");
    for (const name of PAGES) {
      await home.page.getByRole("link", { name, exact: true }).first().click();
      await expect(home.page.getByRole("heading", { level: 1, name })).toBeVisible();
      await speaksPlainly(home.page, `${name} without the server`);
    }
  });
});

test("what waits for a person speaks plainly, in its project and in the inbox", async ({ page }) => {
  const home = await Home.open(page);
  await page.getByRole("combobox", { name: "Ask me" }).selectOption({ label: "Ask me after each agent" });
  const project = await home.submit(BRIEF);
  const card = page.getByRole("region", { name: /^Approval: / });
  await expect(project.status).toHaveText("Waiting for you");
  await expect(card.getByRole("button", { name: "Approve" })).toBeVisible();
  await speaksPlainly(page, "a project that waits");
  await card.getByRole("button", { name: "Edit", exact: true }).click();
  await expect(page.getByRole("textbox", { name: "Text" })).toBeVisible();
  await speaksPlainly(page, "an edit");
  await page.goto("/inbox");
  await expect(page.getByRole("article")).toContainText("Approve");
  await speaksPlainly(page, "an inbox with something in it");
});

testWithModel(() => ({ text: "" }))("failures speak plainly", async ({ page, provider }) => {
  provider.refusing = true;
  const project = await startProject(page, BRIEF);
  await expect(project.status).toHaveText("Failed", { timeout: 45_000 });
  await speaksPlainly(page, "a failed project");
  await page.goto("/analytics");
  await expect(page.getByRole("main")).toContainText("Failures by cause");
  await speaksPlainly(page, "analytics with a failure");
});

test.describe("where people sign in", () => {
  test.use({ environment: { ...FAST, BOTARMY_AUTH: "on" } });

  test("signing in, a member's pages and an admin's speak plainly", async ({
    page,
    anotherPage,
    botarmy,
    watch,
  }) => {
    test.slow();
    const [anna, root] = [await botarmy.token("anna", "member"), await botarmy.token("root", "admin")];
    const signIn = new SignIn(page);
    await page.goto("/");
    await expect(signIn.token).toBeFocused();
    await speaksPlainly(page, "signing in");
    watch.expectRefusals();
    await signIn.with(`botarmy_${"x".repeat(40)}`);
    await expect(signIn.fault).toContainText("not valid");
    await speaksPlainly(page, "a sign-in that is refused");
    await signIn.with(anna.secret);
    await new Home(page).submit(BRIEF);
    await new Project(page).completed();
    await walk(page, "for a member");
    await page.goto("/monitor");
    await expect(page.getByText("This part is for admins")).toBeVisible();
    await speaksPlainly(page, "the monitor for a member");
    await botarmy.revoke(anna.id);
    await expect(signIn.heading).toHaveText("Sign in again");
    await speaksPlainly(page, "a sign-in that ended");
    const admin = await anotherPage();
    await admin.goto("/settings");
    await new SignIn(admin).with(root.secret);
    await walk(admin, "for an admin");
  });
});
