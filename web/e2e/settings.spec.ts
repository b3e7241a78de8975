import { glance, look } from "./support/look";
import { connection, Home, LOST, SignIn } from "./support/pages";
import { expect, FAST, test, testWithModel } from "./support/test";

test("the settings are reached from every page, at a phone's width too", async ({ page }) => {
  await Home.open(page);
  await page.getByRole("link", { name: "Settings" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Settings" })).toBeVisible();
  await page.getByRole("radio", { name: "Dark" }).check({ force: true });
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await page.reload();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await page.getByRole("radio", { name: "As the system" }).check({ force: true });
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto("/");
  await page.getByRole("link", { name: "Settings" }).click();
  await expect(page.getByRole("region", { name: "AI services" })).toContainText("Agents use demo");
});

test("without a sign-in they look right, and say how to turn it on", async ({ page, botarmy }) => {
  test.slow();
  await page.goto("/settings");
  const tokens = page.getByRole("region", { name: "People and tokens" });
  await expect(tokens).toContainText("Nobody signs in here");
  await expect(page.getByRole("region", { name: "Limits and budgets" })).toContainText("budget_day_usd");
  await expect(page.getByRole("region", { name: "About" })).toContainText("SQLite");
  await look(page, "settings");
  for (const name of ["AI services", "Limits and budgets", "People and tokens", "About"]) {
    await page.getByRole("navigation", { name: "Settings" }).getByRole("link", { name }).click();
    await expect(page.getByRole("heading", { name, exact: true })).toBeInViewport();
    await glance(page, `settings-${name.toLowerCase().replaceAll(" ", "-")}`);
  }
  await botarmy.kill();
  await expect(connection(page)).toHaveText(LOST);
  await page.getByRole("region", { name: "People and tokens" }).getByLabel("Name").fill("anna");
  await page.getByRole("button", { name: "Make a token" }).click();
  await expect(tokens.getByRole("alert")).toContainText("The server cannot be reached.");
  await glance(page, "settings-disconnected");
});

testWithModel(() => ({ text: "ready" }))(
  "an AI service is tried, and says in words what is wrong with its key",
  async ({ page, provider }) => {
    test.slow(); // a state in six pictures
    await page.goto("/settings");
    const service = page.getByRole("article", { name: "openai-chat" });
    await expect(service).toContainText("key in the variable OPENAI_API_KEY");
    await expect(page.getByRole("main")).not.toContainText("sk-of-a-browser-test");
    await service.getByRole("button", { name: "Test connection" }).click();
    await expect(service).toContainText(/openai-chat:gpt-5-mini answered in \d+\.\d s/);
    provider.refusing = true;
    const other = page.getByRole("article", { name: "openai", exact: true });
    await other.getByRole("button", { name: "Test connection" }).click();
    await expect(other.getByRole("alert")).toContainText("did not accept the key");
    await other.scrollIntoViewIfNeeded();
    await look(page, "settings-tested");
  },
);

test.describe("where people sign in", () => {
  test.use({ environment: { ...FAST, BOTARMY_AUTH: "on" } });

  test("an admin lets somebody in, and shuts them out again", async ({
    page,
    anotherPage,
    botarmy,
    watch,
  }) => {
    test.slow();
    watch.expectRefusals();
    const root = await botarmy.token("root", "admin");
    await page.goto("/settings");
    await new SignIn(page).with(root.secret);
    const tokens = page.getByRole("region", { name: "People and tokens" });
    await tokens.getByLabel("Name").fill("anna");
    await tokens.getByRole("combobox", { name: "Valid" }).selectOption("30 days");
    await tokens.getByRole("button", { name: "Make a token" }).click();
    const field = tokens.getByRole("textbox", { name: "The token of anna" });
    const secret = await field.inputValue();
    await tokens.scrollIntoViewIfNeeded();
    await look(page, "settings-new-token");
    await tokens.getByRole("button", { name: "Done" }).click();
    expect(await page.content()).not.toContain(secret);

    const anna = await anotherPage();
    await anna.goto("/settings");
    await new SignIn(anna).with(secret);
    await expect(anna.getByRole("region", { name: "For admins" })).toBeVisible();
    await expect(anna.getByRole("region", { name: "You" })).toContainText("Member");
    await look(anna, "settings-member");

    await tokens.getByRole("button", { name: /^Revoke token \w+ of anna$/ }).click();
    await glance(page, "settings-revoke-asked");
    await page.getByRole("alertdialog").getByRole("button", { name: "Revoke" }).click();
    await expect(new SignIn(anna).heading).toHaveText("Sign in again");
    await expect(tokens).toContainText("1 that has ended");
  });

  test("the last admin is not shut out by mistake", async ({ page, botarmy, watch }) => {
    watch.expectRefusals();
    const root = await botarmy.token("root", "admin");
    await page.goto("/settings");
    await new SignIn(page).with(root.secret);
    const tokens = page.getByRole("region", { name: "People and tokens" });
    await tokens.getByRole("button", { name: /^Revoke token \w+ of root$/ }).click();
    await page.getByRole("alertdialog").getByRole("button", { name: "Revoke" }).click();
    await expect(tokens.getByRole("alert")).toContainText("last token of an admin");
    await glance(page, "settings-last-admin");
  });
});
