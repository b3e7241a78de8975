/**
 * Commands on their way: each is kept under its id until its reply arrives, and sent again with the same id after
 * a reconnect, so that it takes effect exactly once. At most `COMMANDS_KEPT` wait, of at most `COMMAND_BYTES`
 * each; more is refused.
 */

import { words } from "@/words";
import type { JsonObject } from "./read";
import type { CommandName, Problem, Reply } from "./wire";

export const COMMANDS_KEPT = 100;
/** The server closes a connection for good at a longer frame, so none is sent. */
export const COMMAND_BYTES = 256 * 1024;

export type Outcome =
  | { readonly ok: true; readonly result: JsonObject }
  | { readonly ok: false; readonly error: Problem };

export interface CommandFrame {
  readonly type: "command";
  readonly id: string;
  readonly name: CommandName;
  readonly args: JsonObject;
}

interface Pending {
  readonly frame: CommandFrame;
  readonly settle: (outcome: Outcome) => void;
}

const FULL: Problem = {
  code: "queue_full",
  ...words.problems.full,
  retryable: true,
  reference: null,
};

const REUSED: Problem = {
  code: "id_reused",
  ...words.problems.reused,
  retryable: false,
  reference: null,
};

const TOO_LARGE: Problem = {
  code: "too_large",
  ...words.problems.tooLarge,
  retryable: false,
  reference: null,
};

function byteLength(frame: CommandFrame): number {
  return new TextEncoder().encode(JSON.stringify(frame)).length;
}

export class Commands {
  readonly #pending = new Map<string, Pending>();
  readonly #changed: (commands: readonly CommandFrame[]) => void;

  /** `changed` hears of the unanswered ones whenever one has come or gone. */
  constructor(changed: (commands: readonly CommandFrame[]) => void) {
    this.#changed = changed;
  }

  /** The outcome settles when the reply has come, however many connections later. It never rejects. */
  add(frame: CommandFrame): Promise<Outcome> {
    if (this.#pending.has(frame.id)) return Promise.resolve({ ok: false, error: REUSED });
    if (this.#pending.size >= COMMANDS_KEPT) return Promise.resolve({ ok: false, error: FULL });
    if (byteLength(frame) > COMMAND_BYTES) return Promise.resolve({ ok: false, error: TOO_LARGE });
    return new Promise((settle) => {
      this.#pending.set(frame.id, { frame, settle });
      this.#changed(this.unanswered);
    });
  }

  /** In the order in which they were given. */
  get unanswered(): readonly CommandFrame[] {
    return [...this.#pending.values()].map((pending) => pending.frame);
  }

  has(id: string): boolean {
    return this.#pending.has(id);
  }

  answer(reply: Reply): void {
    if (reply.ok) this.#settle(reply.id, { ok: true, result: reply.result ?? {} });
    else this.fail(reply.id, reply.error ?? UNEXPLAINED);
  }

  fail(id: string, error: Problem): void {
    this.#settle(id, { ok: false, error });
  }

  failAll(error: Problem): void {
    for (const id of [...this.#pending.keys()]) this.fail(id, error);
  }

  #settle(id: string, outcome: Outcome): void {
    const pending = this.#pending.get(id);
    if (pending === undefined) return;
    this.#pending.delete(id);
    this.#changed(this.unanswered);
    pending.settle(outcome);
  }
}

const UNEXPLAINED: Problem = {
  code: "refused",
  ...words.problems.unexplained,
  retryable: false,
  reference: null,
};
