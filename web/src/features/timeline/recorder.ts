/**
 * Reads a run's events from its first to its last, and goes on with those that arrive live.
 *
 *     reading → following ⇄ reading        and failed, until somebody asks for another try
 *
 * What arrives waits a moment for what comes with it, and until pages are read, at most `WAITING_MOST` of it; where more
 * comes, or something is missing in between, it is read instead.
 */

import { createStore, type StoreApi } from "zustand/vanilla";
import type { Arrival } from "@/lib/batch";
import { problemFrom } from "@/lib/http";
import type { Event, EventsPage, Problem } from "@/lib/wire";
import { continues, extended, NOTHING_RECORDED, type Recording } from "./recording";

const WAITING_MOST = 5_000;

export interface Sources {
  /** The events after a position. Raises RequestFailed; an aborted one raises as fetch does. */
  page(after: number, signal: AbortSignal): Promise<EventsPage>;
  listen(hear: (arrival: Arrival) => void): () => void;
  /** Runs `apply` soon, once: what came until then is taken together. */
  soon(apply: () => void): void;
}

export interface Recorded {
  readonly recording: Recording;
  readonly phase: "reading" | "following" | "failed";
  /** Why it failed. */
  readonly problem: Problem | null;
}

export class Recorder {
  readonly store: StoreApi<Recorded> = createStore<Recorded>(() => ({
    recording: NOTHING_RECORDED,
    phase: "reading",
    problem: null,
  }));
  readonly #runId: string;
  readonly #sources: Sources;
  #reading: AbortController | null = null;
  /** What the log itself gave, without what came live. */
  #certain: Recording = NOTHING_RECORDED;
  #epoch: string | null = null;
  #waiting: Event[] = [];
  #due = false;
  /** Something came meanwhile that has to be read. */
  #missed = false;

  constructor(runId: string, sources: Sources) {
    this.#runId = runId;
    this.#sources = sources;
  }

  /** Until what is returned is called; it may be started again. */
  start(): () => void {
    const stop = this.#sources.listen((arrival) => this.#hear(arrival));
    void this.#read();
    return () => {
      stop();
      this.#reading?.abort();
      this.#reading = null;
      this.#waiting = [];
    };
  }

  /** Another try after a failure. */
  readonly again = (): void => {
    if (this.store.getState().phase === "failed") void this.#read();
  };

  #hear(arrival: Arrival): void {
    if (arrival.type === "snapshot") {
      if (arrival.topic === `run:${this.#runId}`) this.#begunAfresh();
      return;
    }
    const mine = arrival.events.filter((event) => event.run_id === this.#runId);
    if (mine.length === 0) return;
    if (this.#waiting.length + mine.length > WAITING_MOST) {
      this.#missed = true;
      return;
    }
    this.#waiting.push(...mine);
    if (this.#due) return;
    this.#due = true;
    this.#sources.soon(() => this.#take());
  }

  #take(): void {
    this.#due = false;
    if (this.#reading !== null) return;
    if (this.#missed) void this.#read();
    else this.#follow(this.#waiting.splice(0));
  }

  /** What came live before a snapshot may have had gaps, and between the two anything may have happened. */
  #begunAfresh(): void {
    if (this.#reading !== null) {
      this.#missed = true;
      return;
    }
    void this.#read();
  }

  #follow(events: readonly Event[]): void {
    const { recording, phase } = this.store.getState();
    if (phase === "failed") return;
    const fresh = events.filter(({ position }) => position > recording.position);
    if (continues(recording, fresh)) this.store.setState({ recording: extended(recording, fresh) });
    else void this.#read();
  }

  /** From what is certain on to the end of the log. */
  async #read(): Promise<void> {
    this.#reading?.abort();
    const reading = new AbortController();
    this.#reading = reading;
    this.store.setState({ phase: "reading", problem: null });
    try {
      await this.#readPages(reading.signal);
      if (this.#reading !== reading) return;
      this.#reading = null;
      this.store.setState({ phase: "following" });
      this.#follow(this.#waiting.splice(0));
    } catch (error) {
      if (this.#reading !== reading) return;
      this.#reading = null;
      this.#waiting = [];
      this.store.setState({ phase: "failed", problem: problemFrom(error) });
    }
  }

  async #readPages(signal: AbortSignal): Promise<void> {
    let more = true;
    while (more) {
      this.#missed = false;
      const page = await this.#sources.page(this.#certain.position, signal);
      if (signal.aborted) return;
      if (this.#epoch !== null && page.epoch !== this.#epoch) {
        // Another log: its positions are not those that were read so far.
        this.#certain = NOTHING_RECORDED;
        this.#epoch = page.epoch;
        this.store.setState({ recording: NOTHING_RECORDED });
        continue;
      }
      this.#epoch = page.epoch;
      this.#certain = extended(this.#certain, page.events);
      this.#waiting = this.#waiting.filter(({ position }) => position > this.#certain.position);
      more = page.next !== null || this.#missed;
      // What is shown does not go back while what came live is read once more.
      const shown = this.store.getState().recording;
      if (!more || this.#certain.position >= shown.position)
        this.store.setState({ recording: this.#certain });
    }
  }
}
