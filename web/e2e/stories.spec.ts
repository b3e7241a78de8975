/** What goes wrong in the life of a project, as a person lives through it: what they read, and what they can do. */

import { gatedTestWithModel } from "./support/gated";
import { HeldNews } from "./support/held-news";
import { glance, snap } from "./support/look";
import { AGENTS, CONNECTED, connection, Home, LOST, Project, startProject } from "./support/pages";
import { heldPart, TOO_MUCH, WRONG_REQUEST } from "./support/provider";
import { expect, test, testWithModel } from "./support/test";

const BRIEF = "A tip calculator for groups";
const SAID = "First the bill is read, then it is split, and in the end every share is rounded to the cent.";
const script = (agent: string) => ({ text: `${agent}: ${SAID}` });
/** Within it a page that somebody looks at finds a server that is back. */
const BACK_MS = 5_000;

const withModel = testWithModel(script);

test.describe.configure({ timeout: 180_000 }); // each is a long story with pictures

const withoutKey = withModel.extend({
  environment: async ({ environment }, use) => {
    const { OPENAI_API_KEY: _, OPENAI_BASE_URL: __, ...rest } = environment;
    await use(rest);
  },
});

withoutKey(
  "without an AI service the project says what is missing and where, and is done once it is there",
  async ({ page, botarmy, provider }) => {
    const project = await startProject(page, BRIEF);
    await expect(project.status).toHaveText("Failed");
    await expect(project.card("Analyst")).toContainText(
      "AI service configuration needed. Please check setup.",
    );
    await expect(project.conversation).toContainText("Set the key of your AI service and restart");
    await expect(page.getByRole("main")).not.toContainText(/Error|Exception|[{}]|OPENAI|_/);
    await glance(page, "story-no-service");
    await project.conversation.getByRole("link", { name: "See the AI services" }).first().click();
    const service = page.getByRole("article", { name: "openai-chat" });
    await expect(service).toContainText("Not set up");
    await expect(service).toBeInViewport();

    await botarmy.stop();
    await botarmy.start({ ...provider.environment });
    await page.goBack();
    await expect(connection(page)).toHaveText(CONNECTED);
    for (const agent of AGENTS) {
      await project.conversation.getByRole("button", { name: `Retry ${agent}` }).click();
      await expect(project.said(agent)).toHaveText(`${agent}: ${SAID}`);
    }
    await project.completed();
  },
);

withModel(
  "an AI service that is busy is waited for, which the page says, and asked again by itself",
  async ({ page, provider }) => {
    provider.refusals.set("Analyst", TOO_MUCH);
    const project = await startProject(page, BRIEF);
    await Promise.all([
      expect(project.card("Analyst")).toContainText("Trying again"),
      expect(project.conversation).toContainText(/Analyst tries again(?: in)?(\d:\d\d|now)/),
    ]);
    await snap(page, "story-rate-limited");
    provider.refusals.clear();
    await expect(project.conversation).toContainText("AI service is busy. Retrying in a moment...");
    await expect(project.conversation).toContainText("Nothing needs to be done.");
    await project.completed();
    await expect(project.said("Analyst").last()).toHaveText(`Analyst: ${SAID}`);
  },
);

withModel(
  "an agent that fails is shown in red with the reason, the others go on, and a person has it done again",
  async ({ page, provider }) => {
    provider.refusals.set("Developer", WRONG_REQUEST);
    const project = await startProject(page, BRIEF);
    await expect(project.status).toHaveText("Completed with parts missing");
    const card = project.card("Developer");
    await expect(card).toContainText("Failed");
    await expect(card).toContainText("The AI service did not accept the request.");
    const alert = project.conversation.getByRole("alert");
    await expect(alert).toContainText("Agent Developer encountered an issue. Continuing with workflow...");
    await expect(alert).toContainText("Choose another model in the team or settings.");
    await expect(project.said("Deployer")).toHaveText(`Deployer: ${SAID}`);
    await glance(page, "story-agent-failed");
    provider.refusals.clear();
    await alert.getByRole("button", { name: "Retry the step" }).click();
    await expect(project.said("Developer")).toHaveText(`Developer: ${SAID}`);
    await project.completed();
    await expect(card).toContainText("Completed");
  },
);

test("what waits for a person outlives a reload, and is decided once, whichever tab it is in", async ({
  page,
}) => {
  const home = await Home.open(page);
  await page.getByRole("combobox", { name: "Ask me" }).selectOption({ label: "Ask me after each agent" });
  const project = await home.submit(BRIEF);
  const cardIn = (tab: Project, agent: string) =>
    tab.page.getByRole("region", { name: new RegExp(`^Approval: ${agent} is done`) });
  const approveIn = (tab: Project, agent: string) =>
    cardIn(tab, agent).getByRole("button", { name: "Approve", exact: true });
  await approveIn(project, "Analyst").waitFor();
  await page.reload();
  await expect(project.status).toHaveText("Waiting for you");
  await expect(cardIn(project, "Analyst")).toContainText("Asked");

  const tab = await page.context().newPage();
  const news = await HeldNews.of(tab);
  await tab.goto(page.url());
  const other = new Project(tab);
  await approveIn(other, "Analyst").waitFor();
  await approveIn(project, "Analyst").click();
  for (const each of [project, other]) {
    await expect(cardIn(each, "Analyst")).toContainText("Approved");
    await expect(approveIn(each, "Analyst")).toHaveCount(0);
  }

  await approveIn(other, "Architect").waitFor();
  news.hold();
  await approveIn(project, "Architect").click();
  await expect(cardIn(project, "Architect")).toContainText("Approved");
  await cardIn(other, "Architect").getByRole("button", { name: "Send back" }).click();
  news.release();
  await expect(tab.getByText("This was answered or withdrawn meanwhile.")).toBeVisible();
  await expect(cardIn(other, "Architect")).toContainText("Approved");
  await expect(approveIn(other, "Architect")).toHaveCount(0);
  await glance(tab, "story-decided-elsewhere");
});

gatedTestWithModel(script)(
  "a network that is gone for a minute takes nothing with it",
  async ({ page, gate, provider, watch }) => {
    watch.expectRefusedSockets();
    gate.letSocketsThrough();
    provider.hold();
    await page.clock.install();
    const project = await startProject(page, BRIEF);
    const half = heldPart(`Analyst: ${SAID}`).trim();
    await expect(project.said("Analyst")).toHaveText(half);

    gate.cut();
    await expect(connection(page)).toHaveText(LOST);
    await page.clock.runFor(60_000);
    await expect(connection(page)).not.toHaveText(CONNECTED);
    await expect(page.getByRole("button", { name: "Retry now" })).toBeVisible();
    await expect(project.said("Analyst")).toHaveText(half);
    await expect(project.conversation).toContainText("The team does not need this page to go on.");
    await project.note.fill("Please use euros.");
    await project.note.press("Enter");
    await expect(project.conversation).toContainText("Sent when connected");
    await glance(page, "story-network-gone");

    gate.mend();
    await expect(connection(page)).toHaveText(CONNECTED, { timeout: BACK_MS });
    const note = project.conversation.getByRole("complementary", { name: "Note" });
    await expect(note).toContainText("Please use euros.");
    provider.release();
    await project.completed();
    for (const agent of AGENTS) await expect(project.said(agent).last()).toHaveText(`${agent}: ${SAID}`);
  },
);

withModel(
  "on a full disk everything can still be read, nothing that was typed is lost, and the work goes on",
  async ({ page, anotherPage, botarmy, provider }) => {
    provider.hold();
    const project = await startProject(page, BRIEF);
    const half = heldPart(`Analyst: ${SAID}`).trim();
    await expect(project.said("Analyst")).toHaveText(half);
    const home = await Home.open(await anotherPage());

    await botarmy.fillDisk();
    await project.note.fill("Please use euros.");
    await project.note.press("Enter");
    await expect(page.getByText("BotArmy cannot save at the moment.")).toBeVisible();
    await expect(page.getByText("Check the disk space of the server.")).toBeVisible();
    await expect(project.note).toHaveValue("Please use euros.");
    await glance(page, "story-disk-full");
    await home.brief.fill("A reading list");
    await home.brief.press("Enter");
    await expect(home.page.getByRole("alert")).toContainText("BotArmy cannot save at the moment.");
    await expect(home.brief).toHaveValue("A reading list");
    await home.page.goto(page.url());
    await expect(new Project(home.page).said("Analyst")).toHaveText(half);
    provider.release();

    await botarmy.freeDisk();
    await project.note.press("Enter");
    await expect(project.conversation.getByRole("complementary", { name: "Note" })).toContainText(
      "Please use euros.",
    );
    await project.completed();
    for (const agent of AGENTS) await expect(project.said(agent).last()).toHaveText(`${agent}: ${SAID}`);
    await expect(connection(page)).toHaveText(CONNECTED);
  },
);
