import { glance, look } from "./support/look";
import { connection, Home, LOST, Project, SignIn, startProject } from "./support/pages";
import { expect, SLOW, test, testWithModel } from "./support/test";

const BRIEF = "A tip calculator for groups";

test("the pages without a project look right", async ({ page }) => {
  const home = await Home.open(page);
  await expect(home.recent).toContainText("No projects yet");
  await glance(page, "home-empty");
  await page.goto("/projects");
  await expect(page.getByText("No projects yet")).toBeVisible();
  await glance(page, "projects-empty");
  await page.goto("/no/such/page");
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await look(page, "not-found");
});

test("a completed project and the pages that list it look right", async ({ page }) => {
  test.slow(); // three pages, each in six pictures
  const project = await startProject(page, BRIEF);
  await project.completed();
  await look(page, "project-completed");
  const preview = await project.openFile("docs/requirements.md");
  await expect(preview.getByRole("heading").first()).toBeVisible();
  await glance(page, "project-file");
  await page.goto("/projects");
  await expect(page.getByRole("main").getByRole("link", { name: BRIEF })).toBeVisible();
  await look(page, "projects");
  await Home.open(page);
  await expect(new Home(page).recent).toContainText(BRIEF);
  await look(page, "home");
});

test.describe("a project under way", () => {
  test.use({ environment: SLOW });

  test("looks right while it runs, paused, and cancelled", async ({ page }) => {
    const project = await startProject(page, BRIEF);
    await expect(project.said("Analyst").first()).toContainText(/\w+ \w+/);
    await look(page, "project-running");
    await project.note.fill("Amounts are in euros.");
    await project.note.press("Enter");
    await project.button("Pause").click();
    await expect(project.status).toHaveText("Paused");
    await glance(page, "project-paused");
    await project.button("Cancel").click();
    await expect(page.getByRole("alertdialog")).toBeVisible();
    await glance(page, "project-cancel-asked");
    await project.button("Cancel the project").click();
    await expect(project.status).toHaveText("Cancelled");
    await glance(page, "project-cancelled");
  });

  test("looks right without the server, as does the home page", async ({ page, anotherPage, botarmy }) => {
    const project = await startProject(page, BRIEF);
    await expect(project.said("Analyst").first()).toContainText(/\w+ \w+/);
    const home = await Home.open(await anotherPage());
    await home.brief.fill("The next idea");
    await botarmy.kill();
    await expect(connection(page)).toHaveText(LOST);
    await look(page, "project-disconnected");
    await expect(connection(home.page)).toHaveText(LOST);
    await glance(home.page, "home-disconnected");
  });
});

test.describe("where people sign in", () => {
  test.use({ environment: { ...SLOW, BOTARMY_AUTH: "on" } });

  test("signing in looks right", async ({ page, watch }) => {
    const signIn = new SignIn(page);
    await page.goto("/");
    await expect(signIn.token).toBeFocused();
    await look(page, "sign-in");
    watch.expectRefusals();
    await signIn.with(`botarmy_${"x".repeat(40)}`);
    await expect(signIn.fault).toContainText("not valid");
    await glance(page, "sign-in-refused");
  });

  test("what tells who one is looks right, and so does a sign-in that ended", async ({ page, botarmy }) => {
    const anna = await botarmy.token("anna", "member");
    const signIn = new SignIn(page);
    await page.goto("/");
    await signIn.with(anna.secret);
    await expect(new Home(page).brief).toBeEnabled();
    await page.getByRole("button", { name: "Signed in as anna, member" }).click();
    await glance(page, "account");
    await botarmy.revoke(anna.id);
    await expect(signIn.heading).toHaveText("Sign in again");
    await glance(page, "sign-in-again");
  });

  test("a viewer's pages look right", async ({ page, anotherPage, botarmy }) => {
    const anna = await botarmy.token("anna", "member");
    const wall = await botarmy.token("wall", "viewer");
    await page.goto("/");
    await new SignIn(page).with(anna.secret);
    const { runId } = await new Home(page).submit(BRIEF);
    const viewer = await anotherPage();
    await viewer.goto(`/projects/${runId}`);
    await new SignIn(viewer).with(wall.secret);
    await expect(new Project(viewer).said("Analyst").first()).toContainText(/\w+ \w+/);
    await glance(viewer, "project-watching");
    await viewer.goto("/");
    await expect(new Home(viewer).recent).toContainText(BRIEF);
    await glance(viewer, "home-watching");
  });
});

testWithModel(() => ({ text: "" }))(
  "a failed project and one that is not there look right",
  async ({ page, provider }) => {
    provider.refusing = true;
    const project = await startProject(page, BRIEF);
    await expect(project.status).toHaveText("Failed");
    await glance(page, "project-failed");
    await page.goto("/projects/nonsense");
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await glance(page, "project-unknown");
  },
);
