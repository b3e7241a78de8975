/**
 * What broke in the page, told to the server: its log knows it by the reference that the page shows.
 *
 * Where the server cannot be reached, or nobody is signed in, the last few wait here until that is over. Nothing of
 * this ever raises.
 */

import { problemFrom } from "./http";

export interface Crash {
  readonly reference: string;
  /** The part of the page, as a person calls it. */
  readonly where: string;
  /** The first part of the page's path: never an id. */
  readonly page: string;
  readonly name: string;
  readonly message: string;
  /** Innermost first: `function /assets/file.js:line:column`. */
  readonly frames: readonly string[];
}

/** The server and the browser, passed in. */
export interface Surroundings {
  /** Raises RequestFailed. */
  send(crash: Crash): Promise<unknown>;
  /** Random bytes. */
  random(count: number): Uint8Array;
  path(): string;
}

/** So many different ones are told of one page; what comes then has no reference. */
export const CRASHES_TOLD = 10;
const WAITING = 5;
const FRAMES = 20;
const MESSAGE_CHARACTERS = 300;
const LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ";
/** No crash of ours: the network, somebody who went on, a part of another version. Each is told where it happens. */
const NO_CRASH: ReadonlySet<string> = new Set(["AbortError", "NotLoaded", "RequestFailed"]);

export class CrashReporter {
  readonly #around: Surroundings;
  readonly #known = new Map<string, string>();
  #unsent: readonly Crash[] = [];
  #sending = false;

  constructor(around: Surroundings) {
    this.#around = around;
  }

  /** The reference under which it can be found; null for what is no crash, and after too many. */
  report(error: unknown, where: string): string | null {
    try {
      return this.#report(error, where);
    } catch {
      return null;
    }
  }

  /** The server can be reached again. */
  flush(): void {
    void this.#flush();
  }

  #report(error: unknown, where: string): string | null {
    if (!(error instanceof Error) || NO_CRASH.has(error.name)) return null;
    const crash = described(error, where, this.#around.path());
    // The same crash again, or the same one heard of in two ways.
    const same = [crash.name, crash.message, ...crash.frames].join("\n");
    const known = this.#known.get(same);
    if (known !== undefined) return known;
    if (this.#known.size >= CRASHES_TOLD) return null;
    const reference = referenceOf(this.#around.random(8));
    this.#known.set(same, reference);
    this.#unsent = [...this.#unsent, { ...crash, reference }].slice(-WAITING);
    this.flush();
    return reference;
  }

  async #flush(): Promise<void> {
    if (this.#sending) return;
    this.#sending = true;
    for (let crash = this.#unsent[0]; crash !== undefined; crash = this.#unsent[0]) {
      const sent = crash;
      try {
        await this.#around.send(sent);
      } catch (error) {
        const { code, retryable } = problemFrom(error);
        if (retryable || code === "not_signed_in") break;
      }
      this.#unsent = this.#unsent.filter((one) => one !== sent);
    }
    this.#sending = false;
  }
}

/** `7F3K-9Q2M`: without letters that are taken for one another when read aloud. */
function referenceOf(bytes: Uint8Array): string {
  const letters = [...bytes].map((byte) => LETTERS[byte % LETTERS.length]).join("");
  return `${letters.slice(0, 4)}-${letters.slice(4)}`;
}

function described(error: Error, where: string, path: string): Omit<Crash, "reference"> {
  return {
    where: oneLine(where).slice(0, 80),
    page: /^\/[a-z-]{0,39}/.exec(path)?.[0] ?? "/",
    name: /^[A-Za-z]\w{0,59}$/.test(error.name) ? error.name : "Error",
    message: oneLine(error.message).slice(0, MESSAGE_CHARACTERS),
    frames: framesOf(error.stack ?? ""),
  };
}

function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]+/gu, " ");
}

/** `    at Message (http://host/assets/a.js:1:20)`, or as others write it, `Message@http://host/assets/a.js:1:20`. */
const FRAME =
  /^\s*(?:at )?(?:async )?(.{0,80}?)[ @]?\(?https?:\/\/[^/\s]+(\/[\w./-]{1,110}\.(?:js|tsx?))(?:\?[^:\s]*)?(:\d{1,7}:\d{1,7})\)?$/;

/** The places in the page's own files; what else a stack may say stays here. */
export function framesOf(stack: string): readonly string[] {
  const frames: string[] = [];
  for (const line of stack.split("\n")) {
    const found = FRAME.exec(line.slice(0, 400));
    if (found === null) continue;
    const called = (found[1] ?? "").replace(/[^\w$.<>[\]]/g, "");
    frames.push(`${called === "" ? "" : `${called} `}${found[2]}${found[3]}`);
    if (frames.length === FRAMES) break;
  }
  return frames;
}
