import { glance, look } from "./support/look";
import { Home, SignIn } from "./support/pages";
import { expect, test } from "./support/test";

/** The demo's Analyst asks something before it writes. */
const ASKING = { BOTARMY_MODEL: "demo:question", BOTARMY_DEMO_SPEED: "0.05" };
const BRIEFS = ["A tip calculator for groups", "A reading list"] as const;

test.describe("the inbox", () => {
  test.use({ environment: ASKING });

  test("gathers what is asked, counts it everywhere, and has it answered in place", async ({
    page,
    anotherPage,
  }) => {
    test.slow();
    const other = await anotherPage();
    await other.goto("/inbox");
    await expect(other.getByText("Nothing waits for you")).toBeVisible();
    await glance(other, "inbox-empty");

    const project = await (await Home.open(page)).submit(BRIEFS[0]);
    const cards = other.getByRole("article");
    await expect(cards).toHaveCount(1);
    await look(other, "inbox");
    await (await Home.open(page)).submit(BRIEFS[1]);
    await expect(cards).toHaveCount(2);
    await expect(cards.first()).toContainText(BRIEFS[0]);
    await expect(page).toHaveTitle(/^\(2\) A reading list/);
    await expect(other).toHaveTitle("(2) BotArmy");

    await page.getByRole("link", { name: /^Inbox\s*2 waiting$/ }).click();
    const card = page.getByRole("article", { name: new RegExp(BRIEFS[0]) });
    await card.getByRole("textbox", { name: "Your answer" }).fill("Euros");
    await card.getByRole("button", { name: "Answer", exact: true }).click();
    // The next agent asks for itself; then the reading list has waited for longer.
    for (const each of [page, other])
      await expect(each.getByRole("article").first()).toContainText(BRIEFS[1]);
    await page.getByRole("link", { name: "Projects", exact: true }).click();
    await page.getByRole("main").getByRole("link", { name: BRIEFS[0] }).click();
    await expect(project.conversation).toContainText("Answered: Euros");
  });
});

test.describe("where people sign in", () => {
  test.use({ environment: { ...ASKING, BOTARMY_AUTH: "on" } });

  test("each has what is theirs to answer, and viewers see it without a button", async ({
    page,
    anotherPage,
    botarmy,
  }) => {
    test.slow();
    const [anna, bob, wall] = await Promise.all([
      botarmy.token("anna", "member"),
      botarmy.token("bob", "member"),
      botarmy.token("wall", "viewer"),
    ]);
    await page.goto("/");
    await new SignIn(page).with(anna.secret);
    await new Home(page).submit(BRIEFS[0]);
    await expect(page.getByRole("link", { name: /^Inbox\s*1 waiting$/ })).toBeVisible();

    const viewer = await anotherPage();
    await viewer.goto("/inbox");
    await new SignIn(viewer).with(wall.secret);
    await expect(viewer.getByRole("article")).toContainText("of anna");
    await expect(viewer.getByRole("article")).toContainText("Viewers watch");
    await glance(viewer, "inbox-watching");

    const member = await anotherPage();
    await member.goto("/inbox");
    await new SignIn(member).with(bob.secret);
    await expect(member.getByText("Nothing waits for you")).toBeVisible();
  });
});
