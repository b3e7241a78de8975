import type { Locator, Page } from "@playwright/test";
import { glance, look } from "./support/look";
import { connection, Home, LOST, Project, SignIn, startProject } from "./support/pages";
import { expect, SLOW, test } from "./support/test";

const BRIEF = "A tip calculator for groups";

class Timeline {
  readonly chart: Locator;
  readonly slider: Locator;
  readonly state: Locator;
  readonly events: Locator;
  readonly event: Locator;

  constructor(readonly page: Page) {
    this.chart = page.getByRole("toolbar", { name: "Chart of the run" });
    this.slider = page.getByRole("slider", { name: "Moment" });
    this.state = page.getByRole("region", { name: "The project then" });
    this.events = page.getByRole("region", { name: "Events", exact: true });
    this.event = page.getByRole("region", { name: "Event", exact: true });
  }

  /** By the link of the project's page. */
  static async open(page: Page): Promise<Timeline> {
    await page.getByRole("link", { name: "Timeline" }).click();
    const timeline = new Timeline(page);
    await expect(timeline.slider).toBeVisible();
    return timeline;
  }
}

test("a completed run can be gone through from its end to its beginning, by mouse and by keys, and taken along", async ({
  page,
}) => {
  test.slow();
  const project = await startProject(page, BRIEF);
  await project.completed();
  const timeline = await Timeline.open(page);
  await expect(timeline.state.getByText("Completed")).toHaveCount(6);
  await expect(timeline.chart.getByRole("button", { name: /^Analyst: Phase · work/ })).toBeVisible();
  await timeline.slider.focus();
  await page.keyboard.press("Home");
  await expect(timeline.state.getByText("Pending")).toHaveCount(5);
  await expect(timeline.event).toContainText('"status": "created"');
  await page.keyboard.press("ArrowRight");
  await expect(timeline.slider).toHaveAttribute("aria-valuetext", /^Event 2 of \d+, .*: The team starts$/);
  await timeline.chart.getByRole("button", { name: /^Developer: Phase/ }).click();
  await expect(timeline.state.getByRole("listitem").filter({ hasText: "Developer" })).toContainText(
    /Queued|Working/,
  );
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Project as a file" }).click(),
  ]);
  expect(file.suggestedFilename()).toMatch(/\.botarmy\.zip$/);
  const [audit] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Audit" }).click(),
  ]);
  expect(audit.suggestedFilename()).toMatch(/\.audit\.jsonl$/);
  await page.getByRole("button", { name: "Zoom in" }).click();
  await page.getByRole("button", { name: "Zoom in" }).click();
  await glance(page, "timeline-back-then");
});

test("a completed run is there as a chart and as a table", async ({ page }) => {
  test.slow(); // a state in six pictures
  const project = await startProject(page, BRIEF);
  await project.completed();
  const timeline = await Timeline.open(page);
  await expect(timeline.state.getByText("Completed")).toHaveCount(6);
  await look(page, "timeline-completed");
  await page.getByRole("button", { name: "Table" }).click();
  await expect(page.getByRole("row", { name: /^Tester/ })).toContainText(/\d (ms|s)/);
  await glance(page, "timeline-table");
});

test.describe("a run under way", () => {
  test.use({ environment: SLOW });

  test("goes on in its timeline, and waits while one looks back", async ({ page }) => {
    test.slow();
    const project = await startProject(page, BRIEF);
    await expect(project.said("Analyst").first()).toContainText(/\w+ \w+/);
    await project.button("Pause").click();
    await project.button("Resume").click();
    const timeline = await Timeline.open(page);
    await expect(
      timeline.chart.getByRole("button", { name: /^Analyst: Held by a pause/ }).first(),
    ).toBeVisible();
    await expect(timeline.chart.getByRole("button", { name: /^Analyst: .* since / }).first()).toBeVisible();
    const place = () => timeline.slider.inputValue().then(Number);
    const before = await place();
    await expect.poll(place).toBeGreaterThan(before + 3);
    await page.getByRole("button", { name: "Previous event" }).click();
    await expect(page.getByRole("button", { name: "Follow the newest" })).toBeVisible();
    const held = await place();
    await expect
      .poll(async () => Number(await timeline.slider.getAttribute("max")))
      .toBeGreaterThan(held + 5);
    expect(await place()).toBe(held);
    await page.getByRole("button", { name: "Follow the newest" }).click();
    await expect.poll(place).toBeGreaterThan(held + 5);
  });

  test("says that the server is away, and goes on once it is back", async ({ page, botarmy }) => {
    test.slow();
    const project = await startProject(page, BRIEF);
    await expect(project.said("Analyst").first()).toContainText(/\w+ \w+/);
    const timeline = await Timeline.open(page);
    const place = () => timeline.slider.inputValue().then(Number);
    await botarmy.kill();
    await expect(connection(page)).toHaveText(LOST);
    await expect(page.getByText(/^Shown as of \d\d:\d\d/)).toBeVisible();
    await glance(page, "timeline-disconnected");
    const since = await place();
    await botarmy.start(SLOW);
    await expect.poll(place).toBeGreaterThan(since);
  });
});

test("a run that goes on from another tells what it shares apart", async ({ page }) => {
  test.slow();
  const project = await startProject(page, BRIEF);
  await project.completed();
  const from = project.runId;
  await page.getByRole("button", { name: "What to do with Tester's step" }).click();
  await page.getByRole("menuitem", { name: "Run again from here" }).click();
  await expect(page).not.toHaveURL(new RegExp(from));
  await new Project(page).completed();
  const timeline = await Timeline.open(page);
  await expect(timeline.chart.getByRole("button", { name: /^Tester: Phase/ })).toBeVisible();
  await expect(timeline.chart.getByRole("button", { name: /^Analyst: Phase/ })).toHaveCount(0);
  await page.getByRole("checkbox", { name: "With the shared part" }).check();
  await expect(timeline.chart.getByRole("button", { name: /^Analyst: Phase/ })).toBeVisible();
  await glance(page, "timeline-forked");
});

test.describe("where people sign in", () => {
  test.use({ environment: { ...SLOW, BOTARMY_AUTH: "on" } });

  test("nobody reads the timeline of another's run", async ({ page, anotherPage, botarmy }) => {
    test.slow();
    const anna = await botarmy.token("anna", "member");
    const bob = await botarmy.token("bob", "member");
    await page.goto("/");
    await new SignIn(page).with(anna.secret);
    const { runId } = await new Home(page).submit(BRIEF);
    const other = await anotherPage();
    await other.goto(`/projects/${runId}/timeline`);
    await new SignIn(other).with(bob.secret);
    await expect(other.getByText("This project does not exist, or it is not yours")).toBeVisible();
    await glance(other, "timeline-refused");
  });
});
