import type { Page } from "@playwright/test";
import { glance, look } from "./support/look";
import { connection, Home, LOST, Project, SignIn, startProject } from "./support/pages";
import { expect, SLOW, test } from "./support/test";

const BRIEF = "A tip calculator for groups";
const OTHERS = ["A reading list", "A habit tracker with streaks", "A pomodoro timer", "A recipe box"];

/** More work than the server's four places hold. */
async function startWork(page: Page): Promise<void> {
  const project = await startProject(page, BRIEF);
  await expect(project.said("Analyst").first()).toContainText(/\w+ \w+/);
  for (const brief of OTHERS) await (await Home.open(page)).submit(brief);
}

async function openPart(page: Page, name: string): Promise<void> {
  await page.getByRole("navigation", { name: "Monitor" }).getByRole("link", { name, exact: true }).click();
}

test.describe("the monitor while agents are at work", () => {
  test.use({ environment: SLOW });

  test("tells at a glance what runs, and leads to each project, job and worker", async ({ page }) => {
    test.slow();
    await startWork(page);
    await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Monitor" }).click();
    const now = page.getByRole("region", { name: "Now", exact: true });
    await expect(now.getByRole("link", { name: /^Running\s*4\s*of 4 places/ })).toBeVisible();
    await expect(now.getByRole("link", { name: /^Queued\s*1/ })).toBeVisible();
    await expect(page.getByRole("figure", { name: "Events" })).toContainText(/a second\s*\d/);
    await expect(page.getByRole("region", { name: "Running now" }).getByRole("listitem")).toHaveCount(4);
    await look(page, "monitor-overview");

    await now.getByRole("link", { name: /^Queued/ }).click();
    await expect(page).toHaveURL(/\/monitor\/jobs\?status=queued$/);
    const jobs = page.getByRole("list", { name: "Jobs" });
    await expect(jobs.getByRole("listitem")).toHaveCount(1);
    await page.getByRole("combobox", { name: "State" }).selectOption("Running");
    await expect(jobs.getByRole("listitem")).toHaveCount(4);
    await page.getByRole("searchbox", { name: "Search jobs" }).fill("tip calc");
    await expect(jobs.getByRole("listitem")).toHaveCount(1);
    await expect(page).toHaveURL(/q=tip(\+|%20)calc/);
    await jobs.getByRole("button", { name: /^Details of the job/ }).click();
    await expect(jobs).toContainText("any worker");
    await glance(page, "monitor-job");
    await jobs.getByRole("link", { name: BRIEF }).click();
    await expect(new Project(page).status).toHaveText("Running");
  });

  test("shows who does the work, and who watches it", async ({ page, anotherPage }) => {
    test.slow();
    await startWork(page);
    await page.goto("/monitor/workers");
    const worker = page.getByRole("article", { name: /^Worker/ });
    await expect(worker).toContainText("Places taken: 4 of 4");
    await expect(worker).toContainText(/Last seen\s*now/);
    await expect(worker.getByRole("link", { name: BRIEF })).toBeVisible();
    await look(page, "monitor-workers");

    await Home.open(await anotherPage());
    await openPart(page, "Connections");
    const connections = page.getByRole("list", { name: "Connections" });
    await expect(connections.getByRole("listitem")).toHaveCount(2);
    await expect(connections).toContainText(/Chrome \d+ on Linux/);
    await glance(page, "monitor-connections");
  });

  test("tells every event as it happens, holds still for a reader, and keeps to what is asked for", async ({
    page,
    botarmy,
  }) => {
    test.slow();
    await startWork(page);
    await page.goto("/monitor/events");
    const events = page.getByRole("list", { name: "Events" });
    await expect(events.getByRole("listitem").nth(3)).toBeVisible();
    await events.hover();
    await expect(page.getByText(/^Paused · \d+ new events?$/)).toBeVisible();
    await events
      .getByRole("button", { name: /^Details of event/ })
      .first()
      .click();
    await expect(events.locator("pre")).toContainText('"position"');
    await look(page, "monitor-events");
    await page.getByRole("heading", { name: "Monitor" }).hover();
    await expect(page.getByText("Live", { exact: true })).toBeVisible();

    await page.getByRole("combobox", { name: "Type" }).selectOption("Text as it is written");
    await expect(events.getByRole("listitem").nth(2)).toBeVisible();
    await page.getByRole("button", { name: "Pause", exact: true }).click();
    await expect(page.getByText(/^Paused/)).toBeVisible();

    await botarmy.kill();
    await expect(connection(page)).toHaveText(LOST);
    await expect(page.getByText(/^Shown as of \d\d:\d\d/)).toBeVisible();
    await openPart(page, "Overview");
    await glance(page, "monitor-disconnected");
  });
});

test("an idle server's monitor invites, and says what will be there", async ({ page }) => {
  test.slow();
  await page.goto("/monitor");
  await expect(page.getByText("Nobody is at work")).toBeVisible();
  await expect(page.getByText("No AI service was used yet")).toBeVisible();
  await glance(page, "monitor-overview-empty");
  await openPart(page, "Jobs");
  await expect(page.getByText("No jobs yet")).toBeVisible();
  await glance(page, "monitor-jobs-empty");
  await openPart(page, "Events");
  await expect(page.getByText("Listening")).toBeVisible();
  await glance(page, "monitor-events-empty");
});

test.describe("where people sign in", () => {
  test.use({ environment: { ...SLOW, BOTARMY_AUTH: "on" } });

  test("a member has their own jobs in the monitor, and is told whom the rest is for", async ({
    page,
    anotherPage,
    botarmy,
  }) => {
    test.slow();
    const anna = await botarmy.token("anna", "member");
    const bob = await botarmy.token("bob", "member");
    await page.goto("/");
    await new SignIn(page).with(anna.secret);
    await new Home(page).submit(BRIEF);
    await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Monitor" }).click();
    await expect(page.getByRole("list", { name: "Jobs" })).toContainText(BRIEF);
    await expect(page.getByRole("navigation", { name: "Monitor" }).getByRole("link")).toHaveText(["Jobs"]);

    const other = await anotherPage();
    await other.goto("/monitor");
    await new SignIn(other).with(bob.secret);
    await expect(other.getByText("This part is for admins")).toBeVisible();
    await glance(other, "monitor-for-admins");
    await other.getByRole("link", { name: "See your jobs" }).click();
    await expect(other.getByText("No jobs yet")).toBeVisible();
  });
});
