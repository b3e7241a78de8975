import { mkdir, readFile, writeFile } from "node:fs/promises";
import { glance, look } from "./support/look";
import { SignIn } from "./support/pages";
import { expect, test } from "./support/test";

const WRONG = "name: pair\nsteps:\n  - name: Writer\n    tools: [write_fil]\n    instructions: Write.\n";
const PAIR = `name: pair
title: A pair
steps:
  - name: Writer
    tools: [write_file]
    artifacts: [docs/draft.md]
    instructions: Write docs/draft.md.
  - name: Editor
    tools: [read_file, write_file]
    artifacts: [docs/final.md]
    approval: after
    instructions: Read docs/draft.md and write docs/final.md.
`;
const BRANCHED = `name: branched
title: Branches
description: Two who work at the same time, one who waits for both, and one who checks the plan again.
steps:
  - name: Planner
    phases: [research, plan]
    instructions: Plan.
  - name: Developer
    needs: [planner]
    fallback: Nothing could be built.
    instructions: Build.
  - name: Tester
    needs: [planner]
    instructions: Test.
  - name: Reviewer
    needs: [developer, tester, planner]
    approval: before
    instructions: Review.
`;

test.describe("the teams", () => {
  test("are a list, and each a picture of who waits for whom", async ({ page }) => {
    test.slow();
    await page.goto("/");
    await page.getByRole("link", { name: "Teams", exact: true }).click();
    await expect(page.getByRole("heading", { level: 1, name: "Teams" })).toBeVisible();
    await expect(page.getByRole("link", { name: /Software team/ })).toBeVisible();
    await look(page, "teams");
    await page.getByRole("link", { name: /Software team/ }).click();
    const graph = page.getByRole("region", { name: "Steps of Software team" });
    await expect(graph.getByRole("listitem")).toHaveCount(5);
    await expect(graph.getByRole("listitem").nth(1)).toContainText("after Analyst");
    await expect(page.getByText("stays as it is. Copy it to change it.")).toBeVisible();
    await look(page, "team");
  });

  test("are written with every mistake at its line, saved, tried, and deleted", async ({ page }) => {
    test.slow();
    await page.goto("/teams");
    await page.getByRole("link", { name: "New team" }).click();
    const box = page.getByRole("textbox", { name: /\.yaml$/ });
    await expect(box).toHaveValue(/^name: my-team/);
    await box.fill(WRONG);
    const fault = page.getByRole("button", { name: /^Line 4: there is no tool/ });
    await expect(fault).toBeVisible();
    await expect(page.getByRole("button", { name: "Save" })).toBeDisabled();
    await fault.click();
    await expect(box).toBeFocused();
    await look(page, "team-mistake");
    await box.fill(BRANCHED);
    await expect(page.getByRole("region", { name: "Steps of Branches" }).getByRole("listitem")).toHaveCount(
      4,
    );
    await glance(page, "team-branched");
    await box.fill(PAIR);
    await expect(page.getByRole("region", { name: "Steps of A pair" }).getByRole("listitem")).toHaveCount(2);
    await page.getByRole("button", { name: "Save" }).click();
    await expect(page).toHaveURL(/\/teams\/pair$/);
    await expect(page.getByText("A pair is saved.")).toBeVisible();
    await expect(page.getByText("No AI service is called")).toBeVisible();
    await glance(page, "team-own");

    await page.getByRole("button", { name: "Start a project" }).click();
    await page.waitForURL("**/projects/*");
    await expect(page.getByRole("complementary", { name: "Team" })).toContainText("Editor");

    await page.goto("/teams/pair");
    await page.getByRole("button", { name: "Delete" }).click();
    await page.getByRole("alertdialog").getByRole("button", { name: "Delete" }).click();
    await expect(page).toHaveURL(/\/teams$/);
    await expect(page.getByRole("link", { name: /A pair/ })).toHaveCount(0);
  });

  test("are not lost by leaving, and not overwritten by another", async ({ page, anotherPage, watch }) => {
    test.slow();
    await page.goto("/teams/new?from=software");
    await page.getByRole("button", { name: "Save" }).click();
    await expect(page).toHaveURL(/\/teams\/software-copy$/);
    const box = page.getByRole("textbox", { name: "software-copy.yaml" });
    const other = await anotherPage();
    await other.goto("/teams/software-copy");
    const theirs = other.getByRole("textbox", { name: "software-copy.yaml" });
    await expect(theirs).toHaveValue(/name: software-copy/);
    const text = await box.inputValue();
    await theirs.fill(`${text}\n# theirs\n`);
    await other.getByRole("button", { name: "Save" }).click();
    await expect(other.getByText("is saved.")).toBeVisible();

    await box.fill(`${text}\n# mine\n`);
    await page.getByRole("link", { name: "Inbox" }).click();
    await expect(page.getByRole("alertdialog", { name: "Leave without saving?" })).toBeVisible();
    await glance(page, "team-leave");
    await page.getByRole("button", { name: "Stay" }).click();
    await expect(box).toHaveValue(/# mine/);
    watch.expectRefusals();
    await page.getByRole("button", { name: "Save" }).click();
    await expect(page.getByRole("alert")).toContainText("Somebody changed this team meanwhile.");
    await glance(page, "team-changed");
    await page.getByRole("button", { name: "Load it again and drop my changes" }).click();
    await expect(box).toHaveValue(/# theirs/);
  });

  test("go out as a file and come in again", async ({ page }) => {
    await page.goto("/teams/new");
    await page.getByRole("textbox", { name: /\.yaml$/ }).fill(PAIR);
    await page.getByRole("button", { name: "Save" }).click();
    await expect(page).toHaveURL(/\/teams\/pair$/);
    const download = page.waitForEvent("download");
    await page.getByRole("link", { name: "Export" }).click();
    const file = await (await download).path();
    expect(await readFile(file, "utf8")).toBe(PAIR);
    await page.goto("/teams");
    const chooser = page.waitForEvent("filechooser");
    await page.getByRole("button", { name: "Import" }).click();
    await (await chooser).setFiles({
      name: "mine.yaml",
      mimeType: "application/yaml",
      buffer: Buffer.from(PAIR.replace("name: pair", "name: second")),
    });
    await expect(page).toHaveURL(/\/teams\/second$/);
    await expect(page.getByRole("heading", { level: 1, name: "A pair" })).toBeVisible();
  });
});

test.describe("the teams of a server where people sign in", () => {
  test.use({ environment: { BOTARMY_MODEL: "demo", BOTARMY_DEMO_SPEED: "0.05", BOTARMY_AUTH: "on" } });

  test("are there to look at for a viewer, who is offered nothing else", async ({ page, botarmy }) => {
    await page.goto("/teams/software");
    await new SignIn(page).with((await botarmy.token("wall", "viewer")).secret);
    await expect(page.getByRole("region", { name: "Steps of Software team" })).toBeVisible();
    await expect(page.getByText("Admins can change teams here.")).toBeVisible();
    for (const name of ["Copy", "Delete", "Save", "Start a project"]) {
      await expect(page.getByRole("button", { name, exact: true })).toHaveCount(0);
    }
    await glance(page, "team-viewer");
  });
});

test("a file of the teams folder that is wrong is named on the page", async ({ page, botarmy }, info) => {
  const folder = info.outputPath("teams");
  await mkdir(folder, { recursive: true });
  await writeFile(`${folder}/bad.yaml`, "name: bad\nsteps: 3\n");
  await botarmy.stop();
  await botarmy.start({ BOTARMY_MODEL: "demo", BOTARMY_TEAMS_DIR: folder });
  await page.goto("/teams");
  await expect(page.getByText("bad.yaml, line 2: a list is needed here")).toBeVisible();
  await glance(page, "teams-left-out");
});
