/** What people see and do on the pages, by the names that everyone finds them by. */

import { expect, type Locator, type Page } from "@playwright/test";

export const AGENTS = ["Analyst", "Architect", "Developer", "Tester", "Deployer"] as const;
export const CONNECTED = "Connected to BotArmy";
export const LOST = "Connection lost. Retrying...";

export class Home {
  readonly brief: Locator;
  readonly start: Locator;
  readonly recent: Locator;

  constructor(readonly page: Page) {
    this.brief = page.getByRole("textbox", { name: "Project brief" });
    this.start = page.getByRole("button", { name: "Start", exact: true });
    this.recent = page.getByRole("region", { name: "Recent projects" });
  }

  static async open(page: Page): Promise<Home> {
    await page.goto("/");
    const home = new Home(page);
    await expect(home.brief).toBeEnabled();
    return home;
  }

  async submit(brief: string): Promise<Project> {
    await this.brief.fill(brief);
    await this.brief.press("Enter");
    await this.page.waitForURL("**/projects/*");
    return new Project(this.page);
  }
}

export class SignIn {
  readonly heading: Locator;
  readonly token: Locator;
  readonly fault: Locator;
  readonly button: Locator;

  constructor(page: Page) {
    this.heading = page.getByRole("heading", { level: 1 });
    this.token = page.getByRole("textbox", { name: "Token" });
    this.fault = page.getByRole("alert");
    this.button = page.getByRole("button", { name: "Sign in" });
  }

  async with(token: string): Promise<void> {
    await this.token.fill(token);
    await this.button.click();
  }
}

export class Project {
  readonly status: Locator;
  readonly team: Locator;
  readonly conversation: Locator;
  readonly files: Locator;
  readonly result: Locator;
  readonly note: Locator;

  constructor(readonly page: Page) {
    this.status = page.getByRole("status", { name: "Status" });
    this.team = page.getByRole("complementary", { name: "Team" });
    this.conversation = page.getByRole("region", { name: "Conversation" });
    this.files = page.getByRole("navigation", { name: "Files" });
    this.result = page.getByRole("region", { name: "Result" });
    this.note = page.getByRole("textbox", { name: "Note to the team" });
  }

  get runId(): string {
    return new URL(this.page.url()).pathname.split("/").at(-1) ?? "";
  }

  card(agent: string): Locator {
    return this.team.getByRole("button", { name: new RegExp(`^${agent}`) });
  }

  /** An agent's messages in the conversation. */
  messages(agent: string): Locator {
    return this.conversation.getByRole("region", { name: agent }).getByRole("article");
  }

  /** Their texts alone, as drawn. */
  said(agent: string): Locator {
    return this.messages(agent).locator(".prose");
  }

  /** Everything of the conversation that is there to read. */
  async read(): Promise<string> {
    return (await this.conversation.getByRole("region").allTextContents()).join("\n");
  }

  /** The files of the list, without its folders. */
  get fileRows(): Locator {
    return this.files.locator("button:not([aria-expanded])");
  }

  button(name: string): Locator {
    return this.page.getByRole("button", { name, exact: true });
  }

  /** The preview of a file of the list. */
  async openFile(path: string): Promise<Locator> {
    const name = path.split("/").at(-1) ?? path;
    await this.fileRows.filter({ hasText: name }).click();
    return this.page.getByRole("region", { name: `Preview of ${path}` });
  }

  async completed(): Promise<void> {
    await expect(this.status).toHaveText("Completed", { timeout: 30_000 });
  }
}

export function connection(page: Page): Locator {
  return page.getByRole("banner").getByRole("status");
}

/** A project that a person just started, with its page open. */
export async function startProject(page: Page, brief: string): Promise<Project> {
  return (await Home.open(page)).submit(brief);
}
