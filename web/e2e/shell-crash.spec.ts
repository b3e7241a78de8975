import { glance } from "./support/look";
import { startProject } from "./support/pages";
import { expect, test } from "./support/test";

const PREVIEW = "**/assets/artifact-preview-*.js";
const FAULTY = "export function ArtifactPreview() { return null.kind; }";

test("a panel that breaks stays alone, and the reference that it shows finds it in the server's log", async ({
  page,
  botarmy,
  watch,
}) => {
  watch.expectBreakage();
  await page.route(PREVIEW, (route) => route.fulfill({ contentType: "text/javascript", body: FAULTY }));
  const project = await startProject(page, "A tip calculator for groups");
  await project.completed();
  await project.fileRows.filter({ hasText: "README.md" }).click();
  const broken = page.getByRole("alert").filter({ hasText: "The preview cannot be shown" });
  const reference = (await broken.locator(".font-mono").textContent()) ?? "";
  expect(reference).toMatch(/^[2-9A-Z]{4}-[2-9A-Z]{4}$/);
  await expect(project.result).toBeVisible();
  await glance(page, "panel-broken");

  await expect.poll(async () => (await botarmy.log()).includes(reference)).toBe(true);
  const line = (await botarmy.log()).split("\n").find((one) => one.includes(reference)) ?? "";
  expect(JSON.parse(line)).toMatchObject({ event: "page_crashed", name: "TypeError", page: "/projects" });
  expect(JSON.parse(line).frames[0]).toContain("ArtifactPreview /assets/artifact-preview-");
});

test("a part whose code does not come says so, and comes at the next try", async ({ page, watch }) => {
  watch.expectBreakage();
  await page.route(PREVIEW, (route) => route.abort());
  const project = await startProject(page, "A tip calculator for groups");
  await project.completed();
  await project.fileRows.filter({ hasText: "README.md" }).click();
  const missing = page.getByRole("alert").filter({ hasText: "The preview could not be loaded" });
  await expect(missing.getByRole("button", { name: "Reload the page" })).toBeVisible();
  await glance(page, "part-not-loaded");
  await page.unroute(PREVIEW);
  await missing.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByRole("region", { name: "Preview of README.md" })).toContainText("Tip calculator");
});
