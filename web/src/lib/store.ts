/**
 * What the screens read: the connection and what its topics hold, bound to the connection's stream.
 *
 * Frames are applied in batches, at most once per drawn frame, so that a fast stream costs no more drawing than a
 * slow one. The order of the stream is kept.
 */

import { createStore, type StoreApi } from "zustand/vanilla";
import { type Arrival, Batch, NOTHING_YET, type Topics } from "./batch";
import type { CommandFrame } from "./commands";
import { Connection, type Link, type World } from "./connection";
import type { Stats } from "./figures";
import { type Sample, withSample } from "./history";
import type { LogFilter, Problem, Welcome } from "./wire";

export interface LiveState extends Topics {
  readonly link: Link;
  /** The identity of the server's log; null before the first connection. */
  readonly epoch: string | null;
  /** Since when (milliseconds since 1970) what is held may be old; null while connected, and before it ever was. */
  readonly staleSince: number | null;
  /** What the topic `stats` said while it was followed: the last minutes. */
  readonly history: readonly Sample[];
  /** What the server's clock is ahead of ours, in milliseconds. */
  readonly clockAheadMs: number;
  /** Topics that the server refused, and why. */
  readonly refused: Readonly<Record<string, Problem>>;
  /** Commands on their way: they wait for a connection, or for their reply. Oldest first, at most 100. */
  readonly sending: readonly CommandFrame[];
}

/** Runs `apply` soon, once: at the next drawn frame, say. */
export type Schedule = (apply: () => void) => void;

const EVENTS_QUEUED = 5_000;
const LINGER_MS = 5_000;

export class Live {
  readonly store: StoreApi<LiveState>;
  readonly connection: Connection;
  readonly #world: World;
  readonly #schedule: Schedule;
  readonly #watchers = new Map<string, number>();
  readonly #listeners = new Set<(arrival: Arrival) => void>();
  #arrivals: Arrival[] = [];
  #queued = 0;

  /** `onDoubt`: what to do where the server doubts who this is. */
  constructor(world: World, schedule: Schedule, clientId: string, onDoubt: () => void = () => {}) {
    this.#world = world;
    this.#schedule = schedule;
    this.store = createStore<LiveState>(() => ({
      link: { status: "connecting" },
      epoch: null,
      staleSince: null,
      history: [],
      clockAheadMs: 0,
      ...NOTHING_YET,
      refused: {},
      sending: [],
    }));
    this.connection = new Connection(
      world,
      {
        link: (link) => this.#linked(link),
        welcome: (welcome) => this.#welcome(welcome),
        snapshot: (topic, data) => this.#arrived({ type: "snapshot", topic, data }, 1),
        events: (events) => this.#arrived({ type: "events", events }, events.length),
        refused: (topic, problem) =>
          this.store.setState(({ refused }) => ({ refused: { ...refused, [topic]: problem } })),
        sending: (sending) => this.store.setState({ sending }),
        doubted: onDoubt,
      },
      clientId,
    );
  }

  /** Follow a topic until what is returned is called; it lingers a little, for a quick way back. */
  watch(topic: string, filter?: LogFilter): () => void {
    this.#watchers.set(topic, (this.#watchers.get(topic) ?? 0) + 1);
    this.store.setState(({ refused: { [topic]: _, ...refused } }) => ({ refused }));
    this.connection.follow(topic, filter);
    let released = false;
    return () => {
      if (released) return;
      released = true;
      this.#watchers.set(topic, (this.#watchers.get(topic) ?? 1) - 1);
      this.#world.after(LINGER_MS, () => this.#unwatched(topic));
    };
  }

  follows(topic: string): boolean {
    return (this.#watchers.get(topic) ?? 0) > 0;
  }

  /** Hear what arrives as it arrives, of all topics that are followed, until what is returned is called. */
  listen(hear: (arrival: Arrival) => void): () => void {
    this.#listeners.add(hear);
    return () => this.#listeners.delete(hear);
  }

  #unwatched(topic: string): void {
    if (this.#watchers.get(topic) !== 0) return;
    this.#watchers.delete(topic);
    this.connection.unfollow(topic);
    if (topic === "stats") this.#noted(null);
  }

  #linked(link: Link): void {
    const { link: before } = this.store.getState();
    this.store.setState({ link });
    if (link.status === "connected") this.store.setState({ staleSince: null });
    else if (before.status === "connected") {
      this.store.setState({ staleSince: this.#world.now() });
      this.#noted(null);
    }
  }

  #welcome(welcome: Welcome): void {
    this.store.setState({ epoch: welcome.epoch });
    const server = Date.parse(welcome.server_time ?? "");
    if (!Number.isNaN(server)) this.store.setState({ clockAheadMs: server - this.#world.now() });
  }

  #arrived(arrival: Arrival, weight: number): void {
    for (const hear of this.#listeners) hear(arrival);
    this.#arrivals.push(arrival);
    if (this.#arrivals.length === 1) this.#schedule(() => this.#apply());
    this.#queued += weight;
    if (this.#queued > EVENTS_QUEUED) this.#apply();
  }

  #apply(): void {
    const arrivals = this.#arrivals;
    this.#arrivals = [];
    this.#queued = 0;
    if (arrivals.length === 0) return;
    let whole = true;
    const before = this.store.getState().stats;
    this.store.setState((state) => {
      const next = new Batch(state, (topic) => this.#watchers.has(topic));
      for (const arrival of arrivals) next.take(arrival);
      whole = next.whole;
      return next.result();
    });
    const { stats } = this.store.getState();
    if (stats !== before && stats !== null) this.#noted(stats);
    if (!whole) this.connection.restart();
  }

  /** Null: from now on nobody knows. */
  #noted(stats: Stats | null): void {
    const sample = { at: this.#world.now(), stats };
    this.store.setState(({ history }) => ({ history: withSample(history, sample) }));
  }
}
