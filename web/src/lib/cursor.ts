/**
 * The cursor of a connection: the position up to which everything followed has arrived, and of which topics.
 *
 * Each method that takes something from the server returns false where it contradicts what came before; the
 * connection then starts afresh.
 */

import type { Event, Welcome } from "./wire";

/** Topics whose snapshots come again and again, at positions of their own: they move no cursor. */
const LIVE_TOPICS = /^(connections|stats|watchers:.*)$/;

export class Cursor {
  #epoch: string | null = null;
  #position: number | null = null;
  #held = new Set<string>();
  /** Topics whose snapshot is on its way, and the position that it will carry. */
  #expected = new Map<string, number>();

  get position(): number | null {
    return this.#position;
  }

  get topics(): readonly string[] {
    return [...this.#held];
  }

  get expected(): readonly string[] {
    return [...this.#expected.keys()];
  }

  /** What `hello` can resume, or null. */
  resume(): { epoch: string; position: number } | null {
    if (this.#epoch === null || this.#position === null || this.#held.size === 0) return null;
    return { epoch: this.#epoch, position: this.#position };
  }

  forget(): void {
    this.#epoch = null;
    this.#position = null;
    this.#held.clear();
    this.#expected.clear();
  }

  /** The connection is gone. In the middle of snapshots there is no single position to resume from. */
  interrupted(): void {
    if (this.#expected.size > 0) this.forget();
  }

  begin(welcome: Welcome): boolean {
    if (welcome.resumed) {
      const same = new Set(welcome.topics);
      const held = this.#held.size === same.size && [...this.#held].every((topic) => same.has(topic));
      return held && welcome.epoch === this.#epoch && welcome.position === this.#position;
    }
    this.forget();
    this.#epoch = welcome.epoch;
    this.#position = welcome.position;
    return this.expect(welcome.topics, welcome.position);
  }

  /** Snapshots of `topics` will follow, all at `position`. */
  expect(topics: readonly string[], position: number): boolean {
    if (this.#position === null || position < this.#position) return false;
    for (const topic of topics) {
      this.#held.delete(topic);
      this.#expected.set(topic, position);
    }
    if (this.#expected.size === 0) this.#position = position;
    return true;
  }

  arrived(topic: string, position: number): boolean {
    const expected = this.#expected.get(topic);
    if (expected === undefined) return LIVE_TOPICS.test(topic) || !this.#held.has(topic);
    if (expected !== position) return false;
    this.#expected.delete(topic);
    this.#held.add(topic);
    if (this.#expected.size === 0) this.#position = position;
    return true;
  }

  /** These topics are followed no more, or never were. */
  release(topics: readonly string[]): void {
    let position = this.#position;
    for (const topic of topics) {
      this.#held.delete(topic);
      position = this.#expected.get(topic) ?? position;
      this.#expected.delete(topic);
    }
    if (this.#expected.size === 0) this.#position = position;
  }

  /** Events of (from, to]. */
  advance(from: number, to: number, events: readonly Event[]): boolean {
    if (this.#expected.size > 0 || from !== this.#position || to < from) return false;
    let last = from;
    for (const { position } of events) {
      if (position <= last || position > to) return false;
      last = position;
    }
    this.#position = to;
    return true;
  }

  /** A heartbeat: nothing of interest up to here. */
  moveTo(position: number): boolean {
    if (this.#expected.size > 0 || this.#position === null) return true;
    if (position < this.#position) return false;
    this.#position = position;
    return true;
  }
}
