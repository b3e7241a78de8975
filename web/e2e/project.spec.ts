import { readFile } from "node:fs/promises";
import type { Locator, Page } from "@playwright/test";
import { runItsTests, unpack } from "./support/archive";
import { AGENTS, CONNECTED, connection, Home, Project } from "./support/pages";
import { expect, test } from "./support/test";

const BRIEF = "A tip calculator for groups";

test("a brief becomes a project by five agents, live", async ({ page }) => {
  const home = await Home.open(page);
  await expect(page).toHaveTitle("BotArmy");
  await expect(connection(page)).toHaveText(CONNECTED);
  await expect(home.recent).toContainText("No projects yet");
  await recordStates(page);
  const project = await home.submit(BRIEF);
  await expect(page).toHaveTitle(`${BRIEF} · BotArmy`);
  await project.completed();
  for (const agent of AGENTS) {
    await expect(project.card(agent)).toContainText("Completed");
    await expect(project.said(agent).last()).not.toBeEmpty();
    expect(await statesSeen(page, agent)).toMatch(/^(Pending )?(Queued )?(Working )?(Thinking )+Completed$/);
  }
  await expect(project.result).toContainText("The team is done5 of 5 steps completed");
  await expect(project.note).toHaveCount(0);
  await expect(page.getByRole("textbox", { name: "Follow up" })).toBeEnabled();
  await expect(page).toHaveTitle(`${BRIEF} · BotArmy`);
  await expect(connection(page)).toHaveText(CONNECTED);
});

test("what agents say is drawn as Markdown, and what they write can be opened and taken away", async ({
  page,
}, info) => {
  const project = await (await Home.open(page)).submit(BRIEF);
  await project.completed();
  await expect(project.conversation.locator(".prose strong, .prose li, .prose h3").first()).toBeVisible();
  await expect(project.conversation).not.toContainText("**");

  const requirements = await project.openFile("docs/requirements.md");
  await expect(requirements.getByRole("heading", { name: "Acceptance checks" })).toBeVisible();
  await requirements.getByRole("button", { name: "Show the source" }).click();
  await expect(requirements.locator("pre")).toContainText("## Acceptance checks");
  const html = await project.openFile("app/index.html");
  await expect(html.frameLocator("iframe").getByRole("heading").first()).toBeVisible();
  await html.getByRole("button", { name: "Enlarge the preview" }).click();
  await expect(page.getByRole("dialog").frameLocator("iframe").getByRole("heading").first()).toBeVisible();
  await page.keyboard.press("Escape");

  const single = await download(page, html.getByRole("link", { name: "Download index.html" }));
  const archive = await download(page, project.result.getByRole("link", { name: "Download all" }));
  const folder = info.outputPath("project");
  const paths = await unpack(archive, folder);
  const view = await (await page.request.get(`/api/runs/${project.runId}`)).json();
  expect(paths).toEqual(view.artifacts.map(({ path }: { path: string }) => path).sort());
  expect(await readFile(single, "utf8")).toBe(await readFile(`${folder}/app/index.html`, "utf8"));
  expect(await runItsTests(folder)).toMatch(/# pass [1-9]\d*\n# fail 0/);
});

test("the home page and the list of projects show a project's state live", async ({ page, anotherPage }) => {
  const watching = await anotherPage();
  const list = await anotherPage();
  const home = await Home.open(watching);
  await list.goto("/projects");
  await expect(list.getByText("No projects yet")).toBeVisible();
  await (await Home.open(page)).submit(BRIEF);
  const sees = async (onlooker: Locator) => {
    const row = onlooker.getByRole("link", { name: BRIEF });
    await expect(row).toContainText("Running");
    await expect(row).toContainText("Completed", { timeout: 30_000 });
    await expect(row.getByRole("img", { name: "5 of 5 steps completed" })).toBeVisible();
  };
  await Promise.all([home.recent, list.getByRole("main")].map(sees));
  await list.getByRole("searchbox").fill("nothing like it");
  await expect(list.getByText("Nothing matches")).toBeVisible();
  await list.getByRole("searchbox").fill("TIP calc");
  await list.getByRole("link", { name: BRIEF }).click();
  await new Project(list).completed();
});

/** Notes each word that a card of the team shows, as it changes. */
async function recordStates(page: Page): Promise<void> {
  await page.evaluate((agents) => {
    const seen: Record<string, string[]> = {};
    Object.assign(window, { seen });
    const words = /(Pending|Queued|Working|Thinking|Waiting|Trying again|Completed|Failed|Skipped|Cancelled)/;
    const note = () => {
      for (const card of document.querySelectorAll("aside[aria-label=Team] li button")) {
        const text = card.textContent ?? "";
        const agent = agents.find((name) => text.startsWith(name));
        const word = words.exec(text)?.[1];
        if (agent === undefined || word === undefined) continue;
        const states = seen[agent] ?? [];
        if (states.at(-1) !== word) seen[agent] = [...states, word];
      }
    };
    new MutationObserver(note).observe(document.body, {
      subtree: true,
      childList: true,
      characterData: true,
    });
  }, AGENTS);
}

function statesSeen(page: Page, agent: string): Promise<string> {
  return page.evaluate(
    (name) => (window as unknown as { seen: Record<string, string[]> }).seen[name]?.join(" ") ?? "",
    agent,
  );
}

async function download(page: Page, link: Locator): Promise<string> {
  const begun = page.waitForEvent("download");
  await link.click();
  return (await begun).path();
}
