/**
 * Who is signed in at this browser: asked of the server at the start, and again whenever it doubts that.
 *
 *     asking → in ⇄ out      and unknown where the server cannot be asked: it says so itself once it can be reached
 */

import { createStore, type StoreApi } from "zustand/vanilla";
import { problemFrom } from "./http";
import { flag, lenient, nullable, oneOf, type Read, record, text, type Value } from "./read";
import { forgetContents, keep, stored } from "./stored";

const readPerson = record({
  name: text,
  /** A role that a newer server may know is shown no more than the least of these. */
  role: lenient(oneOf("admin", "member", "viewer"), "viewer"),
});
const signedIn = record({ required: flag, user: nullable(readPerson) });
export type Person = Value<typeof readPerson>;
/** `required`: whether this server asks for a sign-in at all. */
export type SignedIn = Value<typeof signedIn>;
export const readSignedIn: Read<SignedIn> = signedIn;

export type Session =
  | { readonly status: "asking" }
  | { readonly status: "unknown" }
  | { readonly status: "in"; readonly required: boolean; readonly user: Person }
  /** `ended`: somebody was signed in on this page, who may have typed something. */
  | { readonly status: "out"; readonly ended: boolean };

/** The server and the browser, passed in. Each question to the server raises RequestFailed. */
export interface Doorway {
  ask(): Promise<SignedIn>;
  signIn(token: string): Promise<SignedIn>;
  signOut(): Promise<unknown>;
  /** Whatever of somebody's projects this browser keeps goes. Never rejects, and does not take long. */
  forget(): Promise<void>;
  /** Load the page afresh, so that nothing in its memory is left; at `path`, or where it is. */
  reload(path?: string): void;
}

/** Whose contents this browser keeps. Another tab that signs out takes it away. */
export const WHOSE_KEY = "botarmy.user";

export class SessionKeeper {
  readonly store: StoreApi<Session> = createStore<Session>(() => ({ status: "asking" }));
  readonly #doorway: Doorway;
  readonly #onIn: () => void;
  #asking: Promise<void> | null = null;
  #was: string | null = null;
  #signIns = 0;

  /** `onIn`: called each time that somebody turns out to be signed in. */
  constructor(doorway: Doorway, onIn: () => void) {
    this.#doorway = doorway;
    this.#onIn = onIn;
  }

  /** Asks the server; one question is under way at most. It never rejects. */
  check(): Promise<void> {
    this.#asking ??= this.#check().finally(() => {
      this.#asking = null;
    });
    return this.#asking;
  }

  async #check(): Promise<void> {
    const before = this.#signIns;
    try {
      const answer = await this.#doorway.ask();
      // Asked before somebody signed in, and answered after it: it says nothing of now.
      if (this.#signIns === before) this.#take(answer);
    } catch {
      if (this.store.getState().status === "asking") this.store.setState({ status: "unknown" }, true);
    }
  }

  /** Raises RequestFailed. */
  async signIn(token: string): Promise<void> {
    const answer = await this.#doorway.signIn(token);
    this.#signIns += 1;
    this.#take(answer);
  }

  /** Ends the session, and leaves nothing of it in this browser. Raises RequestFailed. */
  async signOut(): Promise<void> {
    await this.#doorway.signOut();
    await this.leave();
  }

  /** Somebody signed out in this browser, here or in another tab. Never rejects. */
  async leave(): Promise<void> {
    forgetContents();
    await this.#doorway.forget();
    this.#doorway.reload("/");
  }

  #take({ required, user }: SignedIn): void {
    if (user === null) {
      void this.#doorway.forget();
      this.store.setState({ status: "out", ended: this.#was !== null }, true);
      return;
    }
    if (required && stored(WHOSE_KEY) !== user.name) {
      forgetContents();
      void this.#doorway.forget();
      keep(WHOSE_KEY, user.name);
    }
    if (this.#was !== null && this.#was !== user.name) {
      this.#doorway.reload();
      return;
    }
    this.#was = user.name;
    this.store.setState({ status: "in", required, user }, true);
    this.#onIn();
  }
}

/** Whether a failure says that nobody is signed in any more. */
export function isSignedOut(error: unknown): boolean {
  return problemFrom(error).code === "not_signed_in";
}
