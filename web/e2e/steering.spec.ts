import type { Page } from "@playwright/test";
import { AGENTS, Project, startProject } from "./support/pages";
import { expect, SLOW, test, testWithModel } from "./support/test";

const BRIEF = "A tip calculator for groups";

test.describe("a project under way, in two tabs", () => {
  test.use({ environment: SLOW });

  test("a pause holds the agents until someone resumes, and everyone sees it", async ({
    page,
    anotherPage,
  }) => {
    const [mine, theirs] = await inTwoTabs(page, anotherPage);
    await mine.button("Pause").click();
    for (const project of [mine, theirs]) {
      await expect(project.status).toHaveText("Paused");
      await expect(project.conversation).toContainText("Paused. The work goes on from here when you resume.");
    }
    await theirs.page.reload();
    await expect(theirs.status).toHaveText("Paused");
    await theirs.button("Resume").click();
    for (const project of [mine, theirs]) {
      await expect(project.status).toHaveText("Running");
      await expect(project.card("Analyst")).toContainText(/Working|Thinking/);
      await expect(project.button("Pause")).toBeVisible();
    }
  });

  test("a cancel asks first, stops the agents, and keeps what is there", async ({ page, anotherPage }) => {
    const [mine, theirs] = await inTwoTabs(page, anotherPage);
    await mine.button("Cancel").click();
    await mine.button("Let it go on").click();
    await expect(mine.status).toHaveText("Running");
    await mine.button("Cancel").click();
    await mine.button("Cancel the project").click();
    for (const project of [mine, theirs]) {
      await expect(project.status).toHaveText("Cancelled");
      await expect(project.result).toContainText("The project was cancelled");
      await expect(project.card("Architect")).toContainText("Cancelled");
      await expect(project.button("Pause")).toBeHidden();
      await expect(project.note).toHaveCount(0);
    }
    await expect(mine.messages("Analyst").last()).toContainText("Stopped here.");
  });

  test("a deletion asks first, and whoever looks at the project is told", async ({ page, anotherPage }) => {
    const [mine, theirs] = await inTwoTabs(page, anotherPage);
    await mine.button("Delete the project").click();
    await mine.page.getByRole("alertdialog").getByRole("button", { name: "Delete the project" }).click();
    await expect(page.getByText("The project was deleted.")).toBeVisible();
    await expect(page).toHaveURL(/\/projects$/);
    await expect(page.getByRole("main").getByText("No projects yet")).toBeVisible();
    await expect(theirs.page.getByRole("heading", { name: "This project was deleted" })).toBeVisible();
    await theirs.page.reload();
    await expect(theirs.page.getByRole("heading", { level: 1 })).not.toHaveText(BRIEF);
    await expect(theirs.page.getByRole("link", { name: "See all projects" })).toBeVisible();
  });

  test("a note to the team stands in the conversation of everyone", async ({ page, anotherPage }) => {
    const [mine, theirs] = await inTwoTabs(page, anotherPage);
    await mine.note.fill("Amounts are in euros.");
    await mine.note.press("Shift+Enter");
    await mine.note.pressSequentially("And in francs.");
    await mine.note.press("Enter");
    await expect(mine.note).toHaveValue("");
    for (const { conversation } of [mine, theirs]) {
      const note = conversation.getByRole("complementary", { name: "Note" });
      await expect(note).toContainText("Amounts are in euros.\nAnd in francs.", { useInnerText: true });
    }
  });
});

testWithModel((agent) => ({ text: `${agent} is done.` }))(
  "a step that failed says why in words, and is done again when a person wants it",
  async ({ page, anotherPage, provider }) => {
    provider.refusing = true;
    const [mine, theirs] = await inTwoTabs(page, anotherPage);
    for (const project of [mine, theirs]) {
      await expect(project.status).toHaveText("Failed");
      await expect(project.result).toContainText("The team could not finish");
      await expect(project.card("Analyst")).toContainText("The AI service did not accept the key.");
    }
    await expect(mine.page.getByRole("main")).not.toContainText(/401|Error|Exception|[{}]|sk-/);
    provider.refusing = false;
    for (const agent of AGENTS) {
      await mine.conversation.getByRole("button", { name: `Retry ${agent}` }).click();
      for (const project of [mine, theirs]) {
        await expect(project.card(agent)).toContainText("Completed");
        await expect(project.said(agent).last()).toHaveText(`${agent} is done.`);
      }
    }
    for (const project of [mine, theirs]) await project.completed();
  },
);

async function inTwoTabs(page: Page, anotherPage: () => Promise<Page>): Promise<[Project, Project]> {
  const mine = await startProject(page, BRIEF);
  const theirs = new Project(await anotherPage());
  await theirs.page.goto(page.url());
  await theirs.conversation.waitFor();
  return [mine, theirs];
}
