import { AGENTS, Project, startProject } from "./support/pages";
import { heldPart } from "./support/provider";
import { expect, testWithModel } from "./support/test";

const SAID = "First the bill is read, then it is split, and in the end every share is rounded to the cent.";
const test = testWithModel((agent) => ({ text: `${agent}: ${SAID}` }));

test("a reload in the middle of a reply loses nothing", async ({ page, anotherPage, provider }) => {
  provider.hold();
  const project = await startProject(page, "A tip calculator for groups");
  const half = heldPart(`Analyst: ${SAID}`).trim();
  await expect(project.said("Analyst")).toHaveText(half);
  const watching = await anotherPage();
  const watched = new Project(watching);
  await watching.goto(page.url());
  await expect(watched.said("Analyst")).toHaveText(half);

  await page.reload();
  await project.conversation.waitFor();
  expect(await project.said("Analyst").textContent()).toBe(half);

  provider.release();
  await project.completed();
  await watched.completed();
  for (const agent of AGENTS) await expect(project.said(agent)).toHaveText(`${agent}: ${SAID}`);
  expect(await project.read()).toBe(await watched.read());
  expect(await project.team.textContent()).toBe(await watched.team.textContent());
});

test("a page that was open all the time shows what a page opened afterwards does", async ({
  page,
  anotherPage,
}) => {
  const project = await startProject(page, "A pomodoro timer for teams");
  await project.completed();
  const late = new Project(await anotherPage());
  await late.page.goto(page.url());
  await late.completed();
  expect(await late.read()).toBe(await project.read());
});
