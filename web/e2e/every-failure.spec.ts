/** Every code of the table of errors reaches a person in its words, wherever failures are shown. */

import { execFile } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Page } from "@playwright/test";
import { Project, startProject } from "./support/pages";
import { test as base, expect, FAST, SLOW } from "./support/test";

const PYTHON = fileURLToPath(new URL("../../.venv/bin/python", import.meta.url));
const SCRIPT = fileURLToPath(new URL("support/every_failure.py", import.meta.url));
const AGENTS_OF_A_TEAM = 20;
const run = promisify(execFile);

interface Failure {
  readonly code: string;
  readonly message: string;
  readonly action: string;
}

/** The table, and a server with a team whose agents fail with each of its codes. */
const test = base.extend<{ readonly failures: readonly Failure[]; readonly teams: string }>({
  // biome-ignore lint/correctness/noEmptyPattern: the runner reads from the pattern that nothing is needed
  teams: async ({}, use, info) => {
    const folder = info.outputPath("teams");
    await mkdir(folder, { recursive: true });
    await use(folder);
  },
  failures: async ({ teams }, use) => {
    const { stdout } = await run(PYTHON, [SCRIPT, teams]);
    const failures: Failure[] = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    for (const { code, message, action } of failures) {
      expect(message.length * action.length, `words of ${code}`).toBeGreaterThan(0);
    }
    await use(failures);
  },
});

test.describe("an agent that fails", () => {
  test.use({
    environment: async ({ failures, teams }, use) => {
      expect(failures.length).toBeGreaterThan(100);
      await use({ ...FAST, BOTARMY_TEAMS_DIR: teams });
    },
  });

  test("is told on a card of the conversation, with what to do and a way to do it", async ({
    page,
    failures,
    botarmy,
  }) => {
    test.slow();
    for (let first = 0; first < failures.length; first += AGENTS_OF_A_TEAM) {
      const project = await started(page, botarmy.url, `failures-${first / AGENTS_OF_A_TEAM}`);
      await expect(project.status).toHaveText("Failed");
      const cards = project.conversation.getByRole("alert");
      const some = failures.slice(first, first + AGENTS_OF_A_TEAM);
      await expect(cards).toHaveCount(some.length);
      const told = await cards.evaluateAll(asShown);
      for (const { code, message, action } of some) {
        const card = told.find(({ text }) => text.split("\n").includes(message));
        expect.soft(card?.text, `the card of ${code}`).toContain(action);
        expect.soft(card?.ways, `the ways on from ${code}`).toContain("Retry the step");
      }
    }
  });
});

test.describe("a command that is refused", () => {
  test.use({ environment: SLOW });

  test("is told with what to do, and what was typed comes back", async ({ page, failures }) => {
    test.slow();
    const refuse = await refusing(page);
    const project = await startProject(page, "A tip calculator for groups");
    await project.button("Pause").click();
    await expect(project.status).toHaveText("Paused");
    for (const failure of failures) {
      refuse(failure);
      await project.note.fill(failure.code);
      await project.note.press("Enter");
      const news = page
        .getByRole("listitem")
        .filter({ has: page.getByText(failure.message, { exact: true }) });
      await expect(news, failure.code).toContainText(failure.action);
    }
    await expect(project.note).toHaveValue(failures.at(-1)?.code ?? "");
  });
});

/** Runs in the page: what is to be read on each card, and its buttons that can be pressed. */
function asShown(cards: readonly Element[]) {
  return (cards as HTMLElement[]).map((card) => ({
    text: card.innerText,
    ways: [...card.querySelectorAll<HTMLElement>("button:enabled")].map((button) => button.innerText.trim()),
  }));
}

async function started(page: Page, url: string, team: string): Promise<Project> {
  const answer = await fetch(`${url}/api/runs`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ brief: `Fail as ${team}`, team }),
  });
  const { run_id } = await answer.json();
  await page.goto(`/projects/${run_id}`);
  return new Project(page);
}

/** Between page and server: answers each note with the failure that was named last, as the server would. */
async function refusing(page: Page): Promise<(failure: Failure) => void> {
  let next: Failure | null = null;
  await page.routeWebSocket("**/ws", (browser) => {
    const server = browser.connectToServer();
    browser.onMessage((message) => {
      const frame = JSON.parse(String(message));
      if (frame.name !== "add_note" || next === null) {
        server.send(message);
        return;
      }
      const error = { ...next, retryable: false, reference: null };
      browser.send(JSON.stringify({ type: "reply", id: frame.id, ok: false, error, position: null }));
    });
  });
  return (failure) => {
    next = failure;
  };
}
