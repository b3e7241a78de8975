import { look } from "./support/look";
import { Project, startProject } from "./support/pages";
import { expect, test } from "./support/test";

const BRIEF = "A tip calculator for groups";

test("a project is followed up, and run again from a step, each in a new project that says where it is from", async ({
  page,
}) => {
  test.slow();
  const first = await startProject(page, BRIEF);
  await first.completed();
  const from = first.runId;
  const box = page.getByRole("textbox", { name: "Follow up" });
  await box.fill("Now add dark mode");
  await box.press("Enter");
  await expect(page).not.toHaveURL(new RegExp(from));
  const second = new Project(page);
  await second.completed();
  const brief = page.getByRole("region", { name: "Brief" });
  await expect(brief).toContainText("Now add dark mode");
  await look(page, "followed-up");
  await brief.getByRole("link", { name: BRIEF }).click();
  await expect(page).toHaveURL(new RegExp(from));

  await page.getByRole("button", { name: "What to do with Tester's step" }).click();
  await page.getByRole("menuitem", { name: "Run again from here" }).click();
  await expect(page).not.toHaveURL(new RegExp(from));
  await new Project(page).completed();
  await expect(brief.getByRole("link", { name: "an earlier run" })).toHaveAttribute(
    "href",
    `/projects/${from}`,
  );
});
