/** A tab that hears late of everything, as over a network that has a moment's trouble. */

import type { Page } from "@playwright/test";

export class HeldNews {
  /** What waits to be told; null: everything is told at once. */
  #waiting: (() => void)[] | null = null;

  /** Before the tab opens a page. */
  static async of(page: Page): Promise<HeldNews> {
    const news = new HeldNews();
    await page.routeWebSocket(/\/ws$/, (socket) => {
      socket.connectToServer().onMessage((message) => news.#tell(() => socket.send(message)));
    });
    return news;
  }

  /** From now on nothing reaches the tab; what it sends goes out. */
  hold(): void {
    this.#waiting = [];
  }

  release(): void {
    const waiting = this.#waiting ?? [];
    this.#waiting = null;
    for (const tell of waiting) tell();
  }

  #tell(tell: () => void): void {
    if (this.#waiting === null) tell();
    else this.#waiting.push(tell);
  }
}
