/**
 * What was last seen of projects, kept in this browser to be read without the server.
 *
 * It is somebody's, and of one log: of anybody else, and of another log at the same address, nothing is given. The
 * last ones stay, within bounds. Storage may be switched off or full: then nothing is kept, and nothing raises.
 */

import type { RunView } from "./views";

export const PROJECTS_KEPT = 20;
/** Of all together, as the length of their JSON. */
export const CHARACTERS_KEPT = 20_000_000;
/** A longer project is not kept. */
const LONGEST = 5_000_000;

/** Whose it is, and of which log. */
export interface Origin {
  readonly user: string;
  readonly epoch: string;
}

export interface Label extends Origin {
  readonly run_id: string;
  /** When it was known to be so: milliseconds since 1970, by this browser's clock. */
  readonly at: number;
  readonly characters: number;
}

export interface KeptView {
  readonly at: number;
  readonly view: RunView;
}

/** Where it lies. Every method may raise. */
export interface Shelf {
  labels(): Promise<readonly Label[]>;
  /** As it was put there, by whatever version of the page. */
  read(runId: string): Promise<{ readonly label: Label; readonly view: unknown } | null>;
  /** In the place of what was there of the same project. */
  put(label: Label, view: RunView): Promise<void>;
  remove(runIds: readonly string[]): Promise<void>;
  clear(): Promise<void>;
}

export class KeptViews {
  readonly #shelf: Shelf;
  readonly #read: (view: unknown) => RunView;
  readonly #now: () => number;
  readonly #user: () => string;

  /** `read`: raises for what is no view. `user`: whose browser this is now. */
  constructor(shelf: Shelf, read: (view: unknown) => RunView, now: () => number, user: () => string) {
    this.#shelf = shelf;
    this.#read = read;
    this.#now = now;
    this.#user = user;
  }

  /** The last ones stay: the oldest go beyond the bounds, and whatever is not of this origin. */
  async keep(epoch: string, view: RunView): Promise<void> {
    const characters = JSON.stringify(view).length;
    if (characters > LONGEST) return;
    const origin = { user: this.#user(), epoch };
    const label = { ...origin, run_id: view.run_id, at: this.#now(), characters };
    await quietly(async () => {
      await this.#shelf.put(label, view);
      await this.#shelf.remove(surplus(await this.#shelf.labels(), origin));
    });
  }

  /** Null where it is not kept, or not theirs. */
  async read(runId: string): Promise<KeptView | null> {
    const found = await quietly(() => this.#shelf.read(runId));
    if (!found || found.label.user !== this.#user()) return null;
    try {
      return { at: found.label.at, view: this.#read(found.view) };
    } catch {
      await this.forget(runId);
      return null;
    }
  }

  async forget(runId: string): Promise<void> {
    await quietly(() => this.#shelf.remove([runId]));
  }

  /** Everything that is of another user or another log goes. */
  async belongTo(epoch: string): Promise<void> {
    const origin = { user: this.#user(), epoch };
    await quietly(async () => this.#shelf.remove(surplus(await this.#shelf.labels(), origin)));
  }

  async clear(): Promise<void> {
    await quietly(() => this.#shelf.clear());
  }
}

/** The projects that have to go. */
export function surplus(labels: readonly Label[], { user, epoch }: Origin): readonly string[] {
  let characters = 0;
  let projects = 0;
  return [...labels]
    .sort((a, b) => b.at - a.at)
    .filter((label) => {
      if (label.user !== user || label.epoch !== epoch) return true;
      characters += label.characters;
      projects += 1;
      return projects > PROJECTS_KEPT || characters > CHARACTERS_KEPT;
    })
    .map(({ run_id }) => run_id);
}

async function quietly<T>(act: () => Promise<T>): Promise<T | null> {
  try {
    return await act();
  } catch {
    return null;
  }
}
