import type { Page } from "@playwright/test";
import { CONNECTED, connection, Home, LOST, type Project, startProject } from "./support/pages";
import { expect, FAST, SLOW, test } from "./support/test";

/** Within it a page that somebody looks at finds a server that is back, whatever its next attempt was to be. */
const BACK_MS = 5_000;

test.describe("when the server is killed in the middle of a reply", () => {
  test.use({ environment: SLOW });

  test("the page says so, keeps what was typed, and the project goes on once the server is back", async ({
    page,
    anotherPage,
    botarmy,
  }) => {
    const project = await startProject(page, "A tip calculator for groups");
    const home = await Home.open(await anotherPage());
    await home.brief.fill("The next idea");
    await expect(project.said("Analyst").first()).toContainText(/\w+ \w+/);
    const half = (await project.said("Analyst").first().textContent()) ?? "";

    await botarmy.kill();
    await expect(connection(page)).toHaveText(LOST);
    await expect(connection(home.page)).toHaveText(LOST);
    await expect(home.brief).toBeDisabled();
    await expect(home.brief).toHaveValue("The next idea");
    await expect(project.said("Analyst").first()).toContainText(half);
    await expect(project.conversation).toContainText("The team does not need this page to go on.");

    await botarmy.start(FAST);
    await expect(connection(page)).toHaveText(CONNECTED, { timeout: BACK_MS });
    await expect(project.conversation).toContainText("The server stopped while Analyst was working.");
    await expect(project.messages("Analyst").first()).toContainText(
      /Interrupted here\. This part (is|was) done again\./,
    );
    await project.completed();
    await expect(project.result).toContainText("5 of 5 steps completed");
    await expect(connection(home.page)).toHaveText(CONNECTED, { timeout: BACK_MS });
    await expect(home.brief).toBeEnabled();
    await expect(home.brief).toHaveValue("The next idea");
    await expectStateOfServer(project);
  });
});

test("a page finds a server that was restarted by itself", async ({ page, botarmy }) => {
  const home = await Home.open(page);
  await botarmy.stop();
  await expect(home.brief).toBeDisabled();
  await botarmy.start(FAST);
  await expect(connection(page)).toHaveText(CONNECTED, { timeout: BACK_MS });
  await (await home.submit("A quiz about European capitals")).completed();
});

test("pages that were never opened can be opened without the server", async ({ page, botarmy }) => {
  const loaded = Promise.all([
    page.waitForResponse(/projects-page.*\.js$/),
    page.waitForResponse(/project-page.*\.js$/),
  ]);
  await Home.open(page);
  for (const response of await loaded) await response.finished();
  await botarmy.kill();
  await expect(connection(page)).toHaveText(LOST);
  await page.getByRole("link", { name: "Projects" }).click();
  await expect(page.getByRole("heading", { name: "Projects", level: 1 })).toBeVisible();
  await expect(connection(page)).toHaveText(LOST);
});

test.describe("while the server is away", () => {
  test.use({ environment: SLOW });

  test("a note that is written waits, says so, and is sent once the server is back", async ({
    page,
    botarmy,
  }) => {
    const project = await startProject(page, "A tip calculator for groups");
    await project.conversation.waitFor();
    await botarmy.kill();
    await expect(connection(page)).toHaveText(LOST);
    await project.note.fill("Please use euros.");
    await project.note.press("Enter");
    await expect(project.conversation).toContainText("Sent when connected");
    await botarmy.start(SLOW);
    await retryNow(page);
    const note = project.conversation.getByRole("complementary", { name: "Note" });
    await expect(note).toHaveText(/Please use euros\.(The team hears it|.* has taken this up)/);
    await expect(project.conversation).not.toContainText("Sent when connected");
  });
});

async function retryNow(page: Page): Promise<void> {
  // It may have found the server by itself meanwhile.
  const button = page.getByRole("button", { name: "Retry now" });
  if (await button.isVisible()) await button.click();
}

/** What the page shows is what the server holds. */
async function expectStateOfServer(project: Project): Promise<void> {
  const answer = await project.page.request.get(`/api/runs/${project.runId}`);
  const view: { status: string; steps: Step[]; artifacts: { path: string }[] } = await answer.json();
  expect(view.status).toBe("completed");
  await expect(project.fileRows).toHaveCount(view.artifacts.length);
  for (const { agent_name, messages } of view.steps) {
    await expect(project.messages(agent_name)).toHaveCount(messages.length);
    for (const [at, { text }] of messages.entries()) {
      const words = (await project.messages(agent_name).nth(at).textContent()) ?? "";
      for (const word of wordsOf(text).slice(0, 20)) expect(words).toContain(word);
    }
  }
}

interface Step {
  readonly agent_name: string;
  readonly messages: readonly { readonly text: string }[];
}

function wordsOf(markdown: string): readonly string[] {
  return markdown.match(/[A-Za-z]{4,}/g) ?? [];
}
