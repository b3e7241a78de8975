import { glance, look } from "./support/look";
import { SignIn, startProject } from "./support/pages";
import { expect, test } from "./support/test";

const BRIEF = "A tip calculator for groups";

test("projects are found by words and state, from an address that can be shared", async ({
  page,
  anotherPage,
}) => {
  test.slow();
  const project = await startProject(page, BRIEF);
  await project.completed();
  await startProject(page, "A reading list");
  await page.goto("/projects");
  const rows = page.getByRole("list", { name: "Projects" }).getByRole("listitem");
  await expect(rows).toHaveCount(2);
  await page.getByRole("searchbox", { name: "Search projects" }).fill("tip");
  await expect(rows).toHaveCount(1);
  await page.getByRole("combobox", { name: "State" }).selectOption("Completed");
  await expect(page).toHaveURL(/q=tip/);
  await expect(page).toHaveURL(/status=completed/);
  await glance(page, "projects-found");

  const other = await anotherPage();
  await other.goto(page.url());
  await expect(other.getByRole("list", { name: "Projects" }).getByRole("listitem")).toHaveText([
    new RegExp(BRIEF),
  ]);
  await expect(other.getByRole("searchbox", { name: "Search projects" })).toHaveValue("tip");
});

test("hundreds of projects stay a few rows of the page, down to the oldest", async ({ page, request }) => {
  test.slow();
  for (let at = 0; at < 120; at += 1) {
    const brief = `Project number ${at}`;
    const started = await request.post("/api/runs", { data: { brief } });
    const { run_id } = await started.json();
    await request.post(`/api/runs/${run_id}/cancel`);
  }
  await page.goto("/projects");
  const list = page.getByRole("list", { name: "Projects" });
  await expect(list.getByRole("link", { name: "Project number 119" })).toBeVisible();
  expect(await list.getByRole("listitem").count()).toBeLessThan(60);
  await list.hover();
  await expect(async () => {
    await page.mouse.wheel(0, 3_000);
    await expect(list.getByRole("link", { name: /^Project number 0 / })).toBeVisible({ timeout: 500 });
  }).toPass({ timeout: 30_000 });
  expect(await list.getByRole("listitem").count()).toBeLessThan(60);
});

test.describe("where people sign in", () => {
  test.use({ environment: { BOTARMY_MODEL: "demo", BOTARMY_DEMO_SPEED: "0.05", BOTARMY_AUTH: "on" } });

  test("an admin sees who started each project, and can look at one person's", async ({
    page,
    botarmy,
    request,
  }) => {
    const [ada, anna, bob] = await Promise.all([
      botarmy.token("ada", "admin"),
      botarmy.token("anna", "member"),
      botarmy.token("bob", "member"),
    ]);
    for (const [who, brief] of [
      [anna, BRIEF],
      [bob, "A reading list"],
    ] as const) {
      const headers = { authorization: `Bearer ${who.secret}` };
      await request.post("/api/runs", { data: { brief }, headers });
    }
    await page.goto("/projects");
    await new SignIn(page).with(ada.secret);
    const rows = page.getByRole("list", { name: "Projects" }).getByRole("listitem");
    await expect(rows).toHaveCount(2);
    await expect(rows.filter({ hasText: BRIEF })).toContainText("Started by anna");
    await look(page, "projects-of-many");
    await page.getByRole("combobox", { name: "Started by" }).selectOption("bob");
    await expect(rows).toHaveText([/A reading list/]);
  });
});
