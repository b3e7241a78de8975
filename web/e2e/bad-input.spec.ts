import type { Page } from "@playwright/test";
import { glance } from "./support/look";
import { CONNECTED, connection, Home, Project, startProject } from "./support/pages";
import { expect, test, testWithModel } from "./support/test";

const HOSTILE = `<img src=x onerror=alert(1)><script>alert(2)</script> "quoted" & <b>bold</b>`;
const ELSEWHERE = "http://elsewhere.example";

test("an empty brief starts nothing", async ({ page }) => {
  const home = await Home.open(page);
  await expect(home.start).toBeDisabled();
  await home.brief.fill(" \n\t ");
  await home.brief.press("Enter");
  await expect(home.start).toBeDisabled();
  await expect(page).toHaveURL(/\/$/);
  expect(await (await page.request.get("/api/runs")).json()).toMatchObject({ runs: [] });
});

test("a brief over 32 KiB is refused in words, and one byte less is accepted", async ({ page }) => {
  const home = await Home.open(page);
  await home.brief.fill(`${"ü".repeat(16 * 1024)}!`);
  await expect(page.getByRole("alert")).toHaveText(/^The brief is .+ too long\. Shorten it/);
  await expect(home.start).toBeDisabled();
  await home.brief.press("Enter");
  await expect(page).toHaveURL(/\/$/);
  await home.brief.fill("ü".repeat(16 * 1024));
  await expect(page.getByRole("alert")).toBeHidden();
  await home.brief.press("Enter");
  await page.waitForURL("**/projects/*");
  await new Project(page).completed();
});

test("a project that is not there says so", async ({ page }) => {
  for (const address of [
    "01a1f903-c77b-729c-9ef1-635dacc17486",
    "nonsense",
    "..%2f..%2fetc",
    "%3Cimg%20src=x%3E",
  ]) {
    await page.goto(`/projects/${address}`);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(/\w{3,} .*\w{3,}/);
    await expect(page.getByRole("main")).not.toContainText(/404|undefined|null|Error/);
    await page.getByRole("link", { name: "Start a new project" }).click();
    await expect(new Home(page).brief).toBeEnabled();
  }
});

test("an address without a page says so and leads back", async ({ page }) => {
  await page.goto("/no/such/page");
  await expect(page.getByRole("heading", { name: "There is no page at this address" })).toBeVisible();
  await page.getByRole("link", { name: "Go home" }).click();
  await expect(new Home(page).brief).toBeEnabled();
});

test("a hostile brief is text wherever it is shown", async ({ page, anotherPage }) => {
  const home = await Home.open(await anotherPage());
  const project = await startProject(page, HOSTILE);
  await project.completed();
  await expect(project.conversation.getByRole("region", { name: "Brief" })).toContainText(HOSTILE);
  await expect(home.recent).toContainText("<img src=x");
  for (const path of ["docs/requirements.md", "README.md", "app/index.html"]) {
    const preview = await project.openFile(path);
    await expect(preview.locator(".prose, iframe").first()).toBeVisible();
  }
  await expectUntouched(page);
});

const EVIL_PAGE = `<!doctype html><title>Evil</title><body onload="parent.document.title='taken'">
<h1>A page</h1><img src="${ELSEWHERE}/a.png" onerror="alert(1)"><img src=x onerror="alert(2)">
<script>parent.document.title = "taken"; top.location = "${ELSEWHERE}"; alert(3)</script>
<script src="${ELSEWHERE}/b.js"></script><link rel="stylesheet" href="${ELSEWHERE}/c.css">
<style>@import url(${ELSEWHERE}/d.css); h1 { background: url(${ELSEWHERE}/e.png) }</style>
<iframe src="${ELSEWHERE}/f"></iframe><form action="${ELSEWHERE}"><button>Go</button></form>
<a href="javascript:alert(4)">press</a><meta http-equiv="refresh" content="0;url=${ELSEWHERE}">
<svg onload="alert(5)"><script>alert(6)</script></svg><object data="${ELSEWHERE}/g"></object>`;
const EVIL_MARKDOWN = `# A heading
${HOSTILE}

[press](javascript:alert(3)) [data](data:text/html,<script>alert(4)</script>) ![picture](${ELSEWHERE}/x.png)

<iframe src="${ELSEWHERE}"></iframe> <svg onload=alert(5)>

The end.`;
const EVIL_PICTURE = `<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40" onload="alert(7)">
<script>alert(8)</script><image href="${ELSEWHERE}/y.png"/><rect width="40" height="40"/></svg>`;

testWithModel(() => ({
  text: EVIL_MARKDOWN,
  files: { "app/evil.html": EVIL_PAGE, "docs/evil.md": EVIL_MARKDOWN, "evil.svg": EVIL_PICTURE },
}))("what agents write can neither run nor call out", async ({ page, watch }) => {
  watch.expectHostility();
  const project = await startProject(page, "Something harmless");
  await project.completed();
  const said = project.said("Analyst").last();
  await expect(said).toContainText("<img src=x onerror=alert(1)>");
  await expect(said).toContainText("The end.");
  await expect(said.locator("img, script, iframe, svg, a[href^=javascript], a[href^=data]")).toHaveCount(0);
  const markdown = await project.openFile("docs/evil.md");
  await expect(markdown.getByText("The end.")).toBeVisible();
  const html = await project.openFile("app/evil.html");
  await expect(html.frameLocator("iframe").getByRole("heading", { name: "A page" })).toBeVisible();
  await html.frameLocator("iframe").getByText("press").click();
  await html.frameLocator("iframe").getByRole("button", { name: "Go" }).click();
  const picture = await project.openFile("evil.svg");
  await expect(picture.getByRole("img", { name: "evil.svg" })).toBeVisible();
  // A file that is opened by its own address is no page of BotArmy's either.
  const own = await page.request.get(`/api/runs/${project.runId}/artifacts/app/evil.html`);
  expect(own.headers()["content-disposition"]).toMatch(/^attachment/);
  await expectUntouched(page);
});

const LONG_LINE = `${"So it goes on, without an end to the line. ".repeat(420)}Here it ends.`;
const ODD_TEXT = `مرحبا بالعالم، هذا نص من اليمين إلى اليسار with English inside.

A family 👨‍👩‍👧‍👦, a flag 🏴󠁧󠁢󠁥󠁮󠁧󠁿, and a\u202e reversed\u202c word.

| a | table | that
|---|
[a link](
**never closed and \`neither is this

${LONG_LINE}

\`\`\`js
const open = "for ever";`;
const ODD_NAMES = ["docs/it’s ‘quoted’ & (odd) 100% #1.md", "docs/مرحبا.md", "app/🍕 menu.txt"];

const ODD_FILES = {
  ...Object.fromEntries(ODD_NAMES.map((path) => [path, "# Content\n\nWhat the file holds."])),
  'docs/"double".md': "no",
  "docs/two\nlines.md": "no",
  "../../outside.md": "no",
};
const odd = (agent: string) =>
  agent === "Analyst" ? { text: ODD_TEXT, files: ODD_FILES } : { text: "Nothing odd." };

testWithModel(odd)(
  "odd text and odd names are shown as they are, and names that no disk takes are refused",
  async ({ page }) => {
    const project = await startProject(page, "Something odd 🍕 مرحبا");
    const said = project.said("Analyst").last();
    await expect(said).toContainText("Here it ends.");
    await project.completed();
    await expect(said).toContainText("👨‍👩‍👧‍👦");
    await expect(said.locator("pre")).toHaveText('const open = "for ever";');
    for (const width of [1440, 390]) {
      await page.setViewportSize({ width, height: 900 });
      expect(
        await page.evaluate(() => document.documentElement.scrollWidth - innerWidth),
      ).toBeLessThanOrEqual(0);
    }
    await page.setViewportSize({ width: 1440, height: 900 });
    await expect(project.fileRows).toHaveCount(ODD_NAMES.length);
    for (const path of ODD_NAMES) {
      const preview = await project.openFile(path);
      await expect(preview).toContainText("What the file holds.");
    }
    await project.fileRows.filter({ hasText: "quoted" }).click();
    await glance(page, "odd-text");
  },
);

test("a server one version newer is understood as far as it goes", async ({ page }) => {
  await page.routeWebSocket(/\/ws$/, (socket) => {
    socket.connectToServer().onMessage((message) => {
      socket.send(JSON.stringify({ type: "weather", sky: "blue" }));
      socket.send(JSON.stringify(newer(JSON.parse(String(message)))));
    });
  });
  const project = await startProject(page, "A tip calculator for groups");
  await project.completed();
  await expect(project.result).toContainText("5 of 5 steps completed");
  await expect(project.said("Deployer").last()).not.toBeEmpty();
  await expect(connection(page)).toHaveText(CONNECTED);
  await page.goto("/monitor/events");
  await expect(page.getByRole("main").getByRole("heading").first()).toBeVisible();
});

test("a browser whose clock is hours wrong tells times by the server's", async ({ page }) => {
  await page.clock.install({ time: Date.now() + 5 * 3_600_000 });
  const project = await startProject(page, "A tip calculator for groups");
  await expect(project.card("Analyst")).toContainText(/0:\d\d/);
  await project.completed();
  await expect(project.result).toContainText(/· 0:\d\d/);
  await Home.open(page);
  await expect(new Home(page).recent).toContainText(/now|\ds|sec/i);
  await expect(new Home(page).recent).not.toContainText(/hour|\dh/);
});

interface Message {
  readonly type: string;
  readonly events?: readonly { readonly type: string; readonly metadata?: object }[];
}

/** The same with what this version does not know: kinds of events, and more in everything. */
function newer(message: Message): object {
  const events = message.events?.map((event) => ({
    ...event,
    mood: "fine",
    metadata: { ...event.metadata, depth: 3 },
    ...(event.type === "phase_status" && { type: "phase_dreamt" }),
  }));
  return { ...message, ...(events && { events }), since: "tomorrow" };
}

/** Dialogs and calls to other hosts are watched in every test. */
async function expectUntouched(page: Page): Promise<void> {
  await expect(page).toHaveTitle(/ · BotArmy$/);
  expect(new URL(page.url()).pathname).toMatch(/^\/projects\//);
}
