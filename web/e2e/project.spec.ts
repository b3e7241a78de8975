import { execFile } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { promisify } from "node:util";
import { AGENTS, CONNECTED, connection, Home, Project } from "./support/pages";
import { expect, test } from "./support/test";

test("a brief becomes a project by five agents, live, with files to open and to take away", async ({
  page,
}, info) => {
  const home = await Home.open(page);
  await expect(page).toHaveTitle("BotArmy");
  await expect(connection(page)).toHaveText(CONNECTED);
  const project = await home.submit("A tip calculator for groups");
  await expect(page).toHaveTitle("A tip calculator for groups · BotArmy");
  await expect(project.status).toHaveText("Running");
  await project.completed();
  for (const agent of AGENTS) {
    await expect(project.card(agent)).toContainText("Completed");
    await expect(project.said(agent).first()).not.toBeEmpty();
  }
});
