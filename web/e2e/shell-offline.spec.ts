import type { Page } from "@playwright/test";
import { glance, look } from "./support/look";
import { CONNECTED, connection, Home, SignIn, startProject } from "./support/pages";
import { expect, FAST, test } from "./support/test";

test.use({ serviceWorkers: "allow" });

test("a project that was open stays readable after a reload without the server, and goes on with it", async ({
  page,
  botarmy,
}) => {
  const project = await startProject(page, "A tip calculator for groups");
  await project.completed();
  const said = (await project.said("Deployer").first().textContent()) ?? "";
  await pageIsHeld(page);
  await botarmy.stop();
  await expect(connection(page)).not.toHaveText(CONNECTED);

  await page.reload();
  await expect(project.said("Deployer").first()).toContainText(said);
  await expect(page.getByText(/^As of \d\d:\d\d, not connected\./)).toBeVisible();
  await expect(project.status).toHaveText("Completed");
  await expect(project.fileRows.first()).toBeVisible();
  await look(page, "kept-project");

  await botarmy.start(FAST);
  await expect(connection(page)).toHaveText(CONNECTED);
  await expect(page.getByText(/^As of/)).toBeHidden();
  await expect(project.said("Deployer").first()).toContainText(said);
});

test("pages that were never open say without the server that it is away", async ({ page, botarmy }) => {
  const project = await startProject(page, "A tip calculator for groups");
  await project.completed();
  await pageIsHeld(page);
  await botarmy.stop();
  await page.goto("/projects/01a1f8fa-df98-711d-aaf8-5c2671f30bb3");
  await expect(page.getByRole("status", { name: "Opening the project" })).toBeVisible();
  await page.goto("/inbox");
  await expect(page.getByRole("heading", { name: "Inbox", level: 1 })).toBeVisible();
  await expect(connection(page)).not.toHaveText(CONNECTED);
  await glance(page, "inbox-without-server");
});

test.describe("where people sign in", () => {
  test.use({ environment: { ...FAST, BOTARMY_AUTH: "on" } });

  test("nothing of theirs stays in the browser once they sign out", async ({ page, botarmy }) => {
    const anna = await botarmy.token("anna", "member");
    await page.goto("/");
    await new SignIn(page).with(anna.secret);
    const project = await new Home(page).submit("A tip calculator for groups");
    await project.completed();
    await expect.poll(() => keptProjects(page)).toEqual([project.runId]);
    await page.getByRole("button", { name: /^Signed in as anna/ }).click();
    await page.getByRole("button", { name: "Sign out" }).click();
    await expect(page.getByRole("heading", { name: "Sign in", level: 1 })).toBeVisible();
    expect(await keptProjects(page)).toEqual([]);
  });
});

/** All of the page's own files are held by its service worker. */
async function pageIsHeld(page: Page): Promise<void> {
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
  });
  await expect.poll(() => page.evaluate(() => navigator.serviceWorker.controller !== null)).toBe(true);
}

/** What lies in the browser's own database. */
function keptProjects(page: Page): Promise<unknown> {
  return page.evaluate(
    () =>
      new Promise((settle, fail) => {
        const opening = indexedDB.open("botarmy");
        opening.onerror = () => fail(opening.error);
        opening.onsuccess = () => {
          const all = opening.result.transaction("labels").objectStore("labels").getAllKeys();
          all.onsuccess = () => settle(all.result);
          all.onerror = () => fail(all.error);
        };
      }),
  );
}
