/**
 * What the screens read: the connection, the list of runs and the views, bound to the connection's stream.
 *
 * Frames are applied in batches, at most once per drawn frame, so that a fast stream costs no more drawing than a
 * slow one. The order of the stream is kept.
 */

import { createStore, type StoreApi } from "zustand/vanilla";
import type { CommandFrame } from "./commands";
import { Connection, type Link, type World } from "./connection";
import { evolveList } from "./list";
import type { JsonObject } from "./read";
import { evolve, leavesGap } from "./reduce";
import { type RunSummary, type RunView, readRunsSnapshot, readRunView } from "./views";
import type { Event, Problem, Welcome } from "./wire";

export interface LiveState {
  readonly link: Link;
  /** What the server's clock is ahead of ours, in milliseconds. */
  readonly clockAheadMs: number;
  /** Newest first; null until the first snapshot. */
  readonly runs: readonly RunSummary[] | null;
  readonly views: Readonly<Record<string, RunView>>;
  /** Topics that the server refused, and why. */
  readonly refused: Readonly<Record<string, Problem>>;
  /** Commands on their way: they wait for a connection, or for their reply. Oldest first, at most 100. */
  readonly sending: readonly CommandFrame[];
}

/** Runs `apply` soon, once: at the next drawn frame, say. */
export type Schedule = (apply: () => void) => void;

type Arrival =
  | { readonly type: "events"; readonly events: readonly Event[] }
  | { readonly type: "snapshot"; readonly topic: string; readonly data: JsonObject };

const EVENTS_QUEUED = 5_000;
const VIEWS_KEPT = 8;
const LINGER_MS = 5_000;
const RUN_TOPIC = "run:";

export class Live {
  readonly store: StoreApi<LiveState>;
  readonly connection: Connection;
  readonly #world: World;
  readonly #schedule: Schedule;
  readonly #watchers = new Map<string, number>();
  #arrivals: Arrival[] = [];
  #queued = 0;

  /** `onDoubt`: what to do where the server doubts who this is. */
  constructor(world: World, schedule: Schedule, clientId: string, onDoubt: () => void = () => {}) {
    this.#world = world;
    this.#schedule = schedule;
    this.store = createStore<LiveState>(() => ({
      link: { status: "connecting" },
      clockAheadMs: 0,
      runs: null,
      views: {},
      refused: {},
      sending: [],
    }));
    this.connection = new Connection(
      world,
      {
        link: (link) => this.store.setState({ link }),
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
  watch(topic: string): () => void {
    this.#watchers.set(topic, (this.#watchers.get(topic) ?? 0) + 1);
    this.store.setState(({ refused: { [topic]: _, ...refused } }) => ({ refused }));
    this.connection.follow(topic);
    let released = false;
    return () => {
      if (released) return;
      released = true;
      this.#watchers.set(topic, (this.#watchers.get(topic) ?? 1) - 1);
      this.#world.after(LINGER_MS, () => this.#unwatched(topic));
    };
  }

  #unwatched(topic: string): void {
    if (this.#watchers.get(topic) !== 0) return;
    this.#watchers.delete(topic);
    this.connection.unfollow(topic);
  }

  #welcome(welcome: Welcome): void {
    const server = Date.parse(welcome.server_time ?? "");
    if (!Number.isNaN(server)) this.store.setState({ clockAheadMs: server - this.#world.now() });
  }

  #arrived(arrival: Arrival, weight: number): void {
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
    this.store.setState((state) => {
      const next = new Batch(state, (runId) => this.#watchers.has(RUN_TOPIC + runId));
      for (const arrival of arrivals) next.take(arrival);
      whole = next.whole;
      return next.result();
    });
    if (!whole) this.connection.restart();
  }
}

/** The state while a batch is applied to it. */
class Batch {
  #runs: readonly RunSummary[] | null;
  readonly #before: LiveState["views"];
  readonly #views: Map<string, RunView>;
  /** A view that is followed no more stays as it was: it would get only some of its events. */
  readonly #followed: (runId: string) => boolean;
  /** False after something that cannot be right. */
  whole = true;
  #viewsChanged = false;

  constructor(state: LiveState, followed: (runId: string) => boolean) {
    this.#followed = followed;
    this.#runs = state.runs;
    this.#before = state.views;
    this.#views = new Map(Object.entries(state.views));
  }

  take(arrival: Arrival): void {
    if (arrival.type === "snapshot") this.#snapshot(arrival.topic, arrival.data);
    else for (const event of arrival.events) this.#event(event);
  }

  result(): Partial<LiveState> {
    const views = this.#viewsChanged ? Object.fromEntries([...this.#views].slice(-VIEWS_KEPT)) : this.#before;
    return { runs: this.#runs, views };
  }

  #snapshot(topic: string, data: JsonObject): void {
    try {
      if (topic === "runs") this.#runs = readRunsSnapshot(data).runs;
      if (topic.startsWith(RUN_TOPIC)) this.#replaceView(topic.slice(RUN_TOPIC.length), readRunView(data));
    } catch {
      this.whole = false;
    }
  }

  #replaceView(runId: string, view: RunView): void {
    this.#viewsChanged = true;
    this.#views.delete(runId);
    this.#views.set(runId, view);
  }

  #event(event: Event): void {
    if (this.#runs !== null) this.#runs = evolveList(this.#runs, event);
    const runId = event.run_id;
    if (runId === null || !this.#followed(runId)) return;
    const held = this.#views.get(runId) ?? null;
    if (held !== null && event.position <= held.position) return;
    if (leavesGap(held, event)) this.whole = false;
    const view = evolve(held, event);
    if (view === null) return;
    this.#views.set(runId, view);
    this.#viewsChanged = true;
  }
}
