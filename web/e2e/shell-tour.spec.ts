import { glance, look } from "./support/look";
import { Home } from "./support/pages";
import { expect, SLOW, test } from "./support/test";

test.use({ environment: SLOW, newcomer: true });

test("a newcomer is shown round once, at home and on the first project, and can type all the while", async ({
  page,
}) => {
  const home = await Home.open(page);
  const tour = page.getByRole("region", { name: "Tour" });
  await expect(tour).toContainText("Say what the team should build");
  await expect(home.brief).toBeFocused();
  await look(page, "tour-brief");
  await tour.getByRole("button", { name: "Next" }).click();
  await expect(tour).toContainText("What waits for you");
  await tour.getByRole("button", { name: "Next" }).click();
  await tour.getByRole("button", { name: "Done" }).click();
  await expect(tour).toBeHidden();

  await home.submit("A tip calculator for groups");
  await expect(tour).toContainText("Your team");
  await glance(page, "tour-team");
  await page.keyboard.press("Escape");
  await expect(tour).toBeHidden();
  await page.reload();
  await expect(page.getByRole("status", { name: "Status" })).toHaveText("Running");

  await page.keyboard.press("Control+k");
  await page.getByRole("dialog").getByRole("combobox").fill("show me");
  await page.keyboard.press("Enter");
  await expect(tour).toContainText("Your team");
  // The window itself may have lost the focus to the page that axe opened and closed.
  const next = tour.getByRole("button", { name: "Next" });
  await expect.poll(() => next.evaluate((button) => button === document.activeElement)).toBe(true);
  await tour.getByRole("button", { name: "Skip the tour" }).click();
  await expect(tour).toBeHidden();
});
