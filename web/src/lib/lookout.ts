/**
 * Looks, while the connection waits for its next attempt, whether a server that was away can be reached again.
 *
 * Waits grow long while nobody answers, so that a server is not besieged; who looks at the page would sit them out. A
 * server that answers all the time and still refuses the connection is left to those waits.
 */

import type { Link } from "./connection";

const PAUSE_MS = 2_000;
/** Part of the pause, so that many pages do not come together. */
const SPREAD_MS = 500;

export interface Surroundings {
  /** Whether somebody looks at the page. */
  visible(): boolean;
  /** In 2 s at most. Never rejects. */
  reachable(): Promise<boolean>;
  random(): number;
  after(ms: number, run: () => void): () => void;
}

export class Lookout {
  readonly #around: Surroundings;
  readonly #back: () => void;
  #stopTimer: (() => void) | null = null;
  #away = false;

  /** `back`: what to do once the server is back. */
  constructor(around: Surroundings, back: () => void) {
    this.#around = around;
    this.#back = back;
  }

  /** Each time that the state of the connection changes. */
  see(link: Link): void {
    if (link.status === "connected") this.#away = false;
    const waits = (link.status === "lost" || link.status === "error") && link.retryAt !== null;
    if (waits === (this.#stopTimer !== null)) return;
    this.#stopTimer?.();
    this.#stopTimer = null;
    if (waits) this.#rest();
  }

  #rest(): void {
    const stop = this.#around.after(
      PAUSE_MS - SPREAD_MS * this.#around.random(),
      () => void this.#look(stop),
    );
    this.#stopTimer = stop;
  }

  async #look(mine: () => void): Promise<void> {
    if (this.#around.visible()) {
      const reachable = await this.#around.reachable();
      if (this.#stopTimer !== mine) return;
      if (reachable && this.#away) {
        this.#away = false;
        this.#back();
        return;
      }
      this.#away ||= !reachable;
    }
    this.#rest();
  }
}
