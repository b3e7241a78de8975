/** What the topics hold, and what a batch of frames makes of it. */

import { evolveJobs, evolveWorkers } from "./boards";
import {
  type ConnectionView,
  readConnections,
  readStats,
  readWatchers,
  type Stats,
  type Watchers,
} from "./figures";
import { evolveList } from "./list";
import type { JsonObject } from "./read";
import { evolve, leavesGap } from "./reduce";
import {
  type JobView,
  type RunSummary,
  type RunView,
  readJobsSnapshot,
  readRunsSnapshot,
  readRunView,
  readWorkersSnapshot,
  type WorkerView,
} from "./views";
import type { Event } from "./wire";

const VIEWS_KEPT = 8;
export const LOG_KEPT = 1_000;
const RUN_TOPIC = "run:";
const WATCHERS_TOPIC = "watchers:";

/** A list is null until its topic's first snapshot, and stays as it was while nobody follows it. */
export interface Topics {
  /** Newest first. */
  readonly runs: readonly RunSummary[] | null;
  readonly views: Readonly<Record<string, RunView>>;
  /** The one that was made last first. */
  readonly jobs: readonly JobView[] | null;
  /** In the order of their coming. */
  readonly workers: readonly WorkerView[] | null;
  readonly connections: readonly ConnectionView[] | null;
  readonly stats: Stats | null;
  /** Of the run whose watchers were followed last. */
  readonly watchers: (Watchers & { readonly runId: string }) | null;
  /** The newest events since the log was followed, oldest first. Those of other topics that are followed are among them. */
  readonly log: readonly Event[] | null;
  /** Grows with whatever may have changed what people are asked; 0 before the first snapshot of the runs. */
  readonly asked: number;
}

export const NOTHING_YET: Topics = {
  runs: null,
  views: {},
  jobs: null,
  workers: null,
  connections: null,
  stats: null,
  watchers: null,
  log: null,
  asked: 0,
};

export type Arrival =
  | { readonly type: "events"; readonly events: readonly Event[] }
  | { readonly type: "snapshot"; readonly topic: string; readonly data: JsonObject };

/** The topics while a batch is applied to them. */
export class Batch {
  #topics: Topics;
  readonly #views: Map<string, RunView>;
  /** What is followed no more stays as it was: it would get only some of its events. */
  readonly #followed: (topic: string) => boolean;
  #viewsChanged = false;
  #logged: Event[] = [];
  /** False after something that cannot be right. */
  whole = true;

  constructor(state: Topics, followed: (topic: string) => boolean) {
    this.#followed = followed;
    const { runs, views, jobs, workers, connections, stats, watchers, log, asked } = state;
    this.#topics = { runs, views, jobs, workers, connections, stats, watchers, log, asked };
    this.#views = new Map(Object.entries(views));
  }

  take(arrival: Arrival): void {
    if (arrival.type === "snapshot") this.#snapshot(arrival.topic, arrival.data);
    else for (const event of arrival.events) this.#event(event);
  }

  result(): Topics {
    const { views, log } = this.#topics;
    return {
      ...this.#topics,
      views: this.#viewsChanged ? Object.fromEntries([...this.#views].slice(-VIEWS_KEPT)) : views,
      log: this.#logged.length > 0 ? [...(log ?? []), ...this.#logged].slice(-LOG_KEPT) : log,
    };
  }

  #snapshot(topic: string, data: JsonObject): void {
    try {
      if (topic.startsWith(RUN_TOPIC)) this.#replaceView(topic.slice(RUN_TOPIC.length), readRunView(data));
      else if (topic.startsWith(WATCHERS_TOPIC)) this.#replace({ watchers: watchersOf(topic, data) });
      else this.#replace(SNAPSHOTS[topic]?.(data) ?? {});
      if (topic === "log") this.#logged = [];
      if (topic === "runs") this.#asked();
    } catch {
      this.whole = false;
    }
  }

  #replace(part: Partial<Topics>): void {
    this.#topics = { ...this.#topics, ...part };
  }

  #replaceView(runId: string, view: RunView): void {
    this.#viewsChanged = true;
    this.#views.delete(runId);
    this.#views.set(runId, view);
  }

  #event(event: Event): void {
    const { runs, jobs, workers } = this.#topics;
    if (runs !== null) this.#evolved({ runs: evolveList(runs, event) });
    if (jobs !== null && this.#followed("jobs")) this.#evolved({ jobs: evolveJobs(jobs, event) });
    if (workers !== null && this.#followed("workers"))
      this.#evolved({ workers: evolveWorkers(workers, event) });
    if (event.data.type === "request" || isDeletion(event)) this.#asked();
    if (this.#followed("log")) this.#logged.push(event);
    if (event.run_id !== null && this.#followed(RUN_TOPIC + event.run_id)) this.#ofRun(event.run_id, event);
  }

  #asked(): void {
    this.#replace({ asked: this.#topics.asked + 1 });
  }

  #evolved(part: Partial<Topics>): void {
    const changed = Object.entries(part).some(
      ([name, value]) => this.#topics[name as keyof Topics] !== value,
    );
    if (changed) this.#replace(part);
  }

  #ofRun(runId: string, event: Event): void {
    const held = this.#views.get(runId) ?? null;
    if (held !== null && event.position <= held.position) return;
    if (leavesGap(held, event)) this.whole = false;
    const view = evolve(held, event);
    if (view === null) return;
    this.#views.set(runId, view);
    this.#viewsChanged = true;
  }
}

function isDeletion({ data }: Event): boolean {
  return data.type === "run_status" && data.status === "deleted";
}

const SNAPSHOTS: Readonly<Record<string, (data: JsonObject) => Partial<Topics>>> = {
  runs: readRunsSnapshot,
  jobs: readJobsSnapshot,
  workers: readWorkersSnapshot,
  connections: readConnections,
  stats: (data) => ({ stats: readStats(data) }),
  log: () => ({ log: [] }),
};

function watchersOf(topic: string, data: JsonObject): Topics["watchers"] {
  return { ...readWatchers(data), runId: topic.slice(WATCHERS_TOPIC.length) };
}
