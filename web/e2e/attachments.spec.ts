import type { Page } from "@playwright/test";
import { glance, look } from "./support/look";
import { Home } from "./support/pages";
import { expect, test } from "./support/test";

const WISHES = "# Wishes\n\nRound numbers only, please.\n";
const ODD = 'Angebot "neu"\u202efdp.txt';

const NOTES = { name: "wishes.md", mimeType: "text/markdown", buffer: Buffer.from(WISHES) };

/** What a drag over the window, or a paste, brings along. */
async function bring(page: Page, how: "drop" | "paste", name: string, text: string): Promise<void> {
  const transfer = await page.evaluateHandle(
    ([called, content]) => {
      const all = new DataTransfer();
      all.items.add(new File([content ?? ""], called ?? "", { type: "text/plain" }));
      return all;
    },
    [name, text],
  );
  if (how === "paste") {
    const brief = page.getByRole("textbox", { name: "Project brief" });
    await brief.evaluate(
      (box, clipboardData) =>
        box.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true })),
      transfer,
    );
    return;
  }
  await page.dispatchEvent("body", "dragover", { dataTransfer: transfer });
  await page.dispatchEvent("body", "drop", { dataTransfer: transfer });
}

async function choose(page: Page, ...files: readonly (typeof NOTES)[]): Promise<void> {
  const chooser = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: "Attach files" }).click();
  await (await chooser).setFiles([...files]);
}

test("files are read as they come, refused in words, and kept with the brief over a reload", async ({
  page,
  watch,
}) => {
  test.slow();
  watch.expectRefusals();
  const home = await Home.open(page);
  const files = page.getByRole("list", { name: "Attached files" });
  const faults = page.getByRole("alert");
  await home.brief.fill("A tip calculator for groups");
  await choose(
    page,
    NOTES,
    { name: "photo.png", mimeType: "image/png", buffer: Buffer.from("\u0089PNG\r\n\u001a\n\0\0", "latin1") },
    { name: "old.txt", mimeType: "text/plain", buffer: Buffer.from("Gr\u00fc\u00dfe", "latin1") },
    { name: "broken.pdf", mimeType: "application/pdf", buffer: Buffer.from("%PDF-1.7 nothing") },
  );
  await expect(faults).toContainText("“photo.png” is not text. Attach a text or Markdown file, or a PDF.");
  await expect(faults).toContainText("“old.txt” is text in an encoding that BotArmy does not know.");
  await expect(faults).toContainText("“broken.pdf” is a PDF that cannot be read: it is damaged.");
  await bring(page, "drop", ODD, "x".repeat(60_000));
  await bring(page, "paste", "pasted.txt", "Three people, one bill.");
  await expect(files.getByRole("listitem")).toHaveText([/wishes\.md/, /neu.*beginning only/, /pasted\.txt/]);
  await look(page, "attachments-home");

  for (const _ of [1, 2, 3]) await page.getByRole("button", { name: "Close this note" }).first().click();
  await expect(faults).toHaveCount(0);
  await page.reload();
  await expect(files.getByRole("listitem")).toHaveCount(3);
  await page.getByRole("button", { name: "Remove pasted.txt" }).click();
  await expect(files.getByRole("listitem")).toHaveCount(2);
  await expect(home.brief).toHaveValue("A tip calculator for groups");
});

test("what was attached stands below the brief of the project, and can be read there", async ({ page }) => {
  test.slow();
  const home = await Home.open(page);
  const files = page.getByRole("list", { name: "Attached files" });
  await choose(page, NOTES, { ...NOTES, name: "terms.txt" });
  await expect(page.getByRole("button", { name: "Open terms.txt" })).toBeEnabled();
  await expect(page.getByRole("button", { name: "Open wishes.md" })).toBeEnabled();
  const project = await home.submit("A tip calculator for groups");
  await expect(files.getByRole("listitem")).toHaveText([/wishes\.md/, /terms\.txt/]);
  await expect(project.conversation).toContainText("You attached wishes.md and terms.txt.");
  await project.completed();
  const opener = page.getByRole("button", { name: "Open wishes.md" });
  await opener.scrollIntoViewIfNeeded();
  await glance(page, "attachments-project");
  await opener.press("Enter");
  const dialog = page.getByRole("dialog", { name: "wishes.md" });
  await expect(dialog).toContainText("Round numbers only, please.");
  await expect(dialog).toContainText("The agents are given this text.");
  await glance(page, "attachments-text");
  await page.keyboard.press("Escape");
  await expect(opener).toBeFocused();
  await page.getByRole("link", { name: "BotArmy" }).first().click();
  await expect(home.brief).toHaveValue("");
  await expect(files).toHaveCount(0);
});
