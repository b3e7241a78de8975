/** A server that knows people by their tokens, and a page that can be loaded afresh. */

import { RequestFailed } from "@/lib/http";
import type { Doorway, Person, SignedIn } from "@/lib/session";

const LOCAL: Person = { name: "local", role: "admin" };

export class FakeDoorway implements Doorway {
  readonly tokens = new Map<string, Person>();
  /** Where the page was loaded afresh; "" for where it was. */
  readonly reloads: string[] = [];
  /** How often what the browser keeps was to go. */
  forgotten = 0;
  required: boolean;
  user: Person | null;
  /** Raised by whatever is asked next, and from then on. */
  failure: RequestFailed | null = null;

  /** `user` undefined: nobody has to sign in here. */
  constructor(user?: Person | null) {
    this.required = user !== undefined;
    this.user = user === undefined ? LOCAL : user;
  }

  ask(): Promise<SignedIn> {
    return this.#answer(this.user);
  }

  signIn(token: string): Promise<SignedIn> {
    const user = this.tokens.get(token);
    if (user === undefined) return Promise.reject(this.failure ?? refusal("bad_token"));
    return this.#answer(user);
  }

  signOut(): Promise<SignedIn> {
    return this.#answer(null);
  }

  forget(): Promise<void> {
    this.forgotten += 1;
    return Promise.resolve();
  }

  reload(path = ""): void {
    this.reloads.push(path);
  }

  #answer(user: Person | null): Promise<SignedIn> {
    if (this.failure !== null) return Promise.reject(this.failure);
    this.user = user;
    return Promise.resolve({ required: this.required, user });
  }
}

export function refusal(code: string, waitSeconds: number | null = null): RequestFailed {
  const words = { message: "This token is not valid.", action: "Check it, or ask an admin for a new one." };
  return new RequestFailed({ code, ...words, retryable: false, reference: null }, waitSeconds);
}
