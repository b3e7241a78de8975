/** What must never happen on any page, whatever a test is about. */

import type { BrowserContext, ConsoleMessage, Page } from "@playwright/test";

/** The browser itself says so when a server is away; the page cannot keep it from doing that. */
const AWAY = /net::ERR_(CONNECTION_REFUSED|CONNECTION_RESET|INCOMPLETE_CHUNKED_ENCODING|EMPTY_RESPONSE)/;
const HELD_OFF = /Content Security Policy directive.*The action has been blocked|^Blocked form submission/s;

export class Watch {
  /** Sentences; empty while all is well. */
  readonly faults: string[] = [];
  readonly #origin: () => string;
  #guarded = false;

  constructor(origin: () => string) {
    this.#origin = origin;
  }

  /** What is hostile is held off by the browser too, which says so in the console. */
  expectHostility(): void {
    this.#guarded = true;
  }

  over(context: BrowserContext): void {
    context.on("request", (request) => this.#address("asked for", request.url()));
    context.on("page", (page) => this.#page(page));
    context.on("console", (message) => this.#said(message));
    context.on("weberror", (error) => this.faults.push(`The page broke: ${error.error()}`));
    context.on("dialog", (dialog) => {
      this.faults.push(`A dialog opened: ${dialog.message()}`);
      void dialog.dismiss();
    });
  }

  #page(page: Page): void {
    page.on("websocket", (socket) => this.#address("connected to", socket.url().replace(/^ws/, "http")));
  }

  #address(verb: string, address: string): void {
    const { protocol, origin } = new URL(address);
    if (protocol === "data:" || protocol === "blob:" || protocol === "about:") return;
    if (origin !== this.#origin()) this.faults.push(`The page ${verb} another host: ${address}`);
  }

  #said(message: ConsoleMessage): void {
    if (message.type() !== "error" && message.type() !== "warning") return;
    if (AWAY.test(message.text()) || (this.#guarded && HELD_OFF.test(message.text()))) return;
    this.faults.push(`The console says: ${message.text()} (${message.location().url})`);
  }
}
