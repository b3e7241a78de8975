/** What must never happen on any page, whatever a test is about. */

import type { BrowserContext, ConsoleMessage, Page, Request } from "@playwright/test";

/** The browser itself says so when a server is away; the page cannot keep it from doing that. */
const AWAY =
  /net::ERR_(CONNECTION_\w+|CONTENT_LENGTH_MISMATCH|INCOMPLETE_CHUNKED_ENCODING|EMPTY_RESPONSE|SOCKET_NOT_CONNECTED)/;
/** The browser says so of every answer that is a refusal. */
const REFUSED = /the server responded with a status of 4(01|09|12|13|22|29)/;
const REFUSED_SOCKET = /^WebSocket connection to 'ws:[^']+' failed/;
/** The browser tests say so where they let no service worker in. */
const NO_WORKER = /^Service Worker registration blocked by Playwright/;
/** The browser says so of every page that came over plain HTTP from another machine. */
const PLAIN_HTTP = /Cross-Origin-Opener-Policy header has been ignored/;
const HELD_OFF = /Content Security Policy directive.*The action has been blocked|^Blocked form submission/s;

export class Watch {
  readonly #faults: string[] = [];
  /** What was asked of another host, and not held off by the browser. */
  readonly #strayed = new Set<Request>();
  readonly #origin: () => string;
  #guarded = false;
  #refused = false;
  #withoutSockets = false;
  #broken = false;

  constructor(origin: () => string) {
    this.#origin = origin;
  }

  /** Sentences; empty while all is well. */
  get faults(): readonly string[] {
    const strayed = [...this.#strayed].map((request) => `The page asked another host: ${request.url()}`);
    return [...this.#faults, ...strayed];
  }

  /** What is hostile is held off by the browser too, which says so in the console. */
  expectHostility(): void {
    this.#guarded = true;
  }

  /** Somebody is refused, as the test is about. */
  expectRefusals(): void {
    this.#refused = true;
  }

  /** A proxy lets no WebSocket through; the browser says so in the console. */
  expectRefusedSockets(): void {
    this.#withoutSockets = true;
  }

  /** A part of the page is broken on purpose; the browser and React say so in the console. */
  expectBreakage(): void {
    this.#broken = true;
  }

  over(context: BrowserContext): void {
    context.on("request", (request) => {
      if (this.#isElsewhere(request.url())) this.#strayed.add(request);
    });
    context.on("requestfailed", (request) => {
      if (this.#guarded && request.failure()?.errorText === "csp") this.#strayed.delete(request);
    });
    context.on("page", (page) => this.#page(page));
    context.on("console", (message) => this.#said(message));
    context.on("weberror", (error) => this.#faults.push(`The page broke: ${error.error()}`));
    context.on("dialog", (dialog) => {
      this.#faults.push(`A dialog opened: ${dialog.message()}`);
      void dialog.dismiss();
    });
  }

  #page(page: Page): void {
    page.on("websocket", (socket) => {
      const address = socket.url().replace(/^ws/, "http");
      if (this.#isElsewhere(address)) this.#faults.push(`The page connected to another host: ${address}`);
    });
  }

  #isElsewhere(address: string): boolean {
    const { protocol, origin } = new URL(address);
    return /^https?:$/.test(protocol) && origin !== this.#origin();
  }

  #said(message: ConsoleMessage): void {
    if (message.type() !== "error" && message.type() !== "warning") return;
    if (this.#broken || PLAIN_HTTP.test(message.text()) || NO_WORKER.test(message.text())) return;
    if (this.#refused && REFUSED.test(message.text())) return;
    if (AWAY.test(message.text()) || (this.#guarded && HELD_OFF.test(message.text()))) return;
    if (this.#withoutSockets && REFUSED_SOCKET.test(message.text())) return;
    this.#faults.push(`The console says: ${message.text()} (${message.location().url})`);
  }
}
