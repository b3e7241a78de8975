import type { Page } from "@playwright/test";
import { glance } from "./support/look";
import { CONNECTED, connection, Home, Project, SignIn } from "./support/pages";
import { expect, FAST, SLOW, test } from "./support/test";
import { Watch } from "./support/watch";

const WITHIN_MS = 1_500;
const WRONG = `botarmy_${"x".repeat(40)}`;

test.use({ environment: { ...SLOW, BOTARMY_AUTH: "on" } });

test("a member signs in where they wanted to go, watches live, and is shown out when the token is revoked", async ({
  page,
  botarmy,
  watch,
}) => {
  const anna = await botarmy.token("anna", "member");
  await page.goto("/projects");
  const signIn = new SignIn(page);
  await expect(signIn.token).toBeFocused();
  await signIn.with("botarmy_half");
  await expect(signIn.fault).toContainText("Copy all of it");
  watch.expectRefusals();
  await signIn.with(WRONG);
  await expect(signIn.fault).toHaveText("This token is not valid. Check it, or ask an admin for a new one.");
  await signIn.with(` ${anna.secret}\n`);
  await expect(page.getByRole("heading", { name: "Projects", level: 1 })).toBeVisible();
  await expect(page).toHaveURL(/\/projects$/);
  await expectSafeCookie(page);

  const project = await (await Home.open(page)).submit("A tip calculator for groups");
  await expect(project.said("Analyst").first()).toContainText(/\w+ \w+/);
  await project.note.fill("Amounts are in euros.");
  await botarmy.revoke(anna.id);
  await expect(signIn.heading).toHaveText("Sign in again", { timeout: WITHIN_MS });
  await expect(project.conversation).toBeHidden();

  const again = await botarmy.token("anna", "member");
  await signIn.with(again.secret);
  await expect(connection(page)).toHaveText(CONNECTED);
  await expect(project.note).toHaveValue("Amounts are in euros.");
  await project.note.press("Enter");
  await expect(project.conversation.getByRole("complementary", { name: "Note" })).toBeVisible();
});

test("viewers watch without starting or steering, and other members do not see the project", async ({
  page,
  anotherPage,
  botarmy,
}) => {
  const [anna, bob, wall] = await Promise.all([
    botarmy.token("anna", "member"),
    botarmy.token("bob", "member"),
    botarmy.token("wall", "viewer"),
  ]);
  await page.goto("/");
  await new SignIn(page).with(anna.secret);
  const project = await new Home(page).submit("A tip calculator for groups");

  const viewer = await anotherPage();
  await viewer.goto(`/projects/${project.runId}`);
  await new SignIn(viewer).with(wall.secret);
  const watched = new Project(viewer);
  await expect(watched.said("Analyst").first()).toContainText(/\w+ \w+/);
  await expect(watched.note).toBeDisabled();
  await expect(viewer.getByText("Watching only")).toBeVisible();
  for (const name of ["Pause", "Cancel", "Delete the project"])
    await expect(watched.button(name)).toHaveCount(0);
  const beside = (one: Page) => one.getByRole("list", { name: "1 other person here now" });
  await expect(beside(page)).toContainText("wall");
  await expect(beside(viewer)).toContainText("anna");
  await glance(page, "two-people");
  await viewer.goto("/");
  await expect(viewer.getByRole("heading", { name: "Watch the teams at work" })).toBeVisible();
  await expect(new Home(viewer).brief).toHaveCount(0);
  await expect(new Home(viewer).recent).toContainText("A tip calculator for groups");
  await expect(beside(page)).toBeHidden();

  const other = await anotherPage();
  await other.goto(`/projects/${project.runId}`);
  await new SignIn(other).with(bob.secret);
  await expect(other.getByRole("heading", { level: 1 })).toHaveText(/does not exist, or it is not yours/);
  await other.getByRole("link", { name: "See all projects" }).click();
  await expect(other.getByText("No projects yet")).toBeVisible();
});

test("who signs out leaves nothing of theirs in the browser, in no tab", async ({
  page,
  botarmy,
  context,
}) => {
  const [anna, bob] = await Promise.all([botarmy.token("anna", "member"), botarmy.token("bob", "member")]);
  const signIn = new SignIn(page);
  await page.goto("/");
  await signIn.with(anna.secret);
  const home = new Home(page);
  await home.brief.fill("A secret of Anna's");
  const tab = await context.newPage();
  await Home.open(tab);
  await expect(new Home(tab).brief).toHaveValue("A secret of Anna's");

  await page.getByRole("button", { name: "Signed in as anna, member" }).click();
  await page.getByRole("button", { name: "Sign out" }).click();
  for (const each of [page, tab]) await expect(new SignIn(each).token).toBeVisible();
  expect(await kept(page)).not.toContain("Anna");
  await signIn.with(bob.secret);
  await expect(home.brief).toHaveValue("");
  await expect(page.getByRole("button", { name: "Signed in as bob, member" })).toBeVisible();
  await page.goBack();
  await expect(page.locator("body")).not.toContainText("Anna");
});

test.describe("over plain HTTP, from another machine", () => {
  test.use({
    environment: { ...FAST, BOTARMY_HOST: "0.0.0.0", BOTARMY_ALLOWED_HOSTS: "bots.example.org" },
    baseURL: async ({ botarmy }, use) => use(botarmy.url.replace("localhost", "bots.example.org")),
    watch: async ({ baseURL }, use) => {
      const watch = new Watch(() => baseURL ?? "");
      await use(watch);
      expect(watch.faults).toEqual([]);
    },
  });

  test("a member signs in and starts a project", async ({ page, botarmy }) => {
    const anna = await botarmy.token("anna", "member");
    await page.goto("/");
    expect(await page.evaluate(() => isSecureContext)).toBe(false);
    await new SignIn(page).with(anna.secret);
    await (await new Home(page).submit("A tip calculator for groups")).completed();
  });
});

async function expectSafeCookie(page: Page): Promise<void> {
  const [cookie, ...others] = await page.context().cookies();
  expect(others).toEqual([]);
  expect(cookie).toMatchObject({ name: "botarmy_session", httpOnly: true, sameSite: "Strict" });
  expect(await page.evaluate(() => document.cookie)).toBe("");
}

function kept(page: Page): Promise<string> {
  return page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]));
}
