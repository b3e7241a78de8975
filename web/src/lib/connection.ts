/**
 * The connection to the server: one explicit state machine, the only writer of the connection's state and of the
 * cursor. It knows no framework and no clock of its own; `protocol` in the documentation is its specification.
 *
 *     idle → opening → open → waiting → opening …      and from anywhere → stopped
 */

import { words } from "@/words";
import { backoff, doubledAgain } from "./backoff";
import { type CommandFrame, Commands, type Outcome } from "./commands";
import { Cursor } from "./cursor";
import type { JsonObject } from "./read";
import {
  type ClientFrame,
  type CommandName,
  type Event,
  type Frame,
  type LogFilter,
  type Problem,
  readFrame,
  type Welcome,
} from "./wire";

export const SUBPROTOCOL = "botarmy.v1";
const HELD_MS = 10_000;
const WELCOME_MS = 10_000;
const TICK_MS = 1_000;
const FAILURES_SHOWN_AS_ERROR = 10;
/** A longer wait than this is not believed of a draining server. */
const MOST_DRAIN_MS = 60_000;

/** What a person is shown. `retryAt` (milliseconds): when the next attempt starts; null while one is under way. */
export type Link =
  | { readonly status: "connecting" }
  | { readonly status: "connected" }
  | { readonly status: "lost"; readonly retryAt: number | null }
  | { readonly status: "error"; readonly retryAt: number | null; readonly reason: string | null };

export interface Socket {
  onopen: (() => void) | null;
  onmessage: ((message: { data: unknown }) => void) | null;
  onclose: ((close: { code: number }) => void) | null;
  send(text: string): void;
  close(): void;
}

/** The world outside: passed in, so that tests own time and chance. */
export interface World {
  open(): Socket;
  now(): number;
  random(): number;
  uuid(): string;
  /** Returns what stops it. */
  after(ms: number, run: () => void): () => void;
}

export interface Sink {
  link(link: Link): void;
  welcome(welcome: Welcome): void;
  snapshot(topic: string, data: JsonObject): void;
  events(events: readonly Event[]): void;
  /** A topic was refused: it does not exist, or belongs to someone else. */
  refused(topic: string, problem: Problem): void;
  /** Commands that wait for a connection or for their reply, oldest first: whenever one comes or goes. */
  sending(commands: readonly CommandFrame[]): void;
  /** The server doubts who this is: somebody has to ask it who is signed in. */
  doubted(): void;
}

type Phase =
  | { readonly name: "idle" }
  | { readonly name: "opening"; readonly socket: Socket }
  | { readonly name: "open"; readonly socket: Socket; readonly since: number; readonly intervalMs: number }
  | { readonly name: "waiting"; readonly retryAt: number }
  | { readonly name: "stopped"; readonly reason: string };

const RIGHTS_CHANGED = 4005;
const NOT_AUTHORIZED = 4501;

const says = words.problems.stopped;
const TERMINAL: Readonly<Record<number, string>> = {
  4500: says.notUnderstood,
  [NOT_AUTHORIZED]: says.notSignedIn,
  4502: says.otherAddress,
  4503: says.otherVersion,
  4504: says.tooLarge,
};

export class Connection {
  readonly #world: World;
  readonly #sink: Sink;
  readonly #clientId: string;
  readonly #commands: Commands;
  readonly #cursor = new Cursor();
  readonly #wanted = new Set<string>();
  /** Topics asked for on this connection and not yet answered. */
  readonly #asked = new Set<string>();
  #filter: LogFilter | null = null;
  #phase: Phase = { name: "idle" };
  #stopTimer: () => void = () => {};
  /** Connections in a row that did not hold. */
  #failures = 0;
  /** How often the waits have doubled by now. */
  #doubled = 0;
  #everOpen = false;
  #drainMs: number | null = null;
  #heardAt = 0;
  #saidAt = 0;
  #acked: number | null = null;

  constructor(world: World, sink: Sink, clientId: string) {
    this.#world = world;
    this.#sink = sink;
    this.#clientId = clientId;
    this.#commands = new Commands((commands) => sink.sending(commands));
  }

  /** Also once what it stopped for is mended: after a sign-in, say. */
  start(): void {
    if (this.#phase.name === "idle" || this.#phase.name === "stopped") this.#open();
    else this.wake();
  }

  /** The browser is online again, the page is visible again, or a person wants it now. */
  wake(): void {
    if (this.#phase.name === "open") this.#checkLiveness();
    if (this.#phase.name === "waiting") this.#open();
  }

  /** `filter` is the log's; the last one given holds. */
  follow(topic: string, filter?: LogFilter): void {
    this.#wanted.add(topic);
    if (filter !== undefined) {
      this.#filter = filter;
      if (this.#phase.name === "open") this.#sendFilter();
    }
    this.#synchronizeTopics();
  }

  unfollow(topic: string): void {
    this.#wanted.delete(topic);
    this.#synchronizeTopics();
  }

  /** Queued while there is no connection. The outcome never rejects. Under one `id` a command takes effect once. */
  command(name: CommandName, args: JsonObject, id: string = this.#world.uuid()): Promise<Outcome> {
    const frame = { type: "command", id, name, args } as const;
    const outcome = this.#commands.add(frame);
    if (this.#phase.name === "stopped") this.#commands.failAll(stoppedProblem(this.#phase.reason));
    else if (this.#phase.name === "open" && this.#commands.has(frame.id)) this.#send(frame);
    return outcome;
  }

  /** What was received cannot be right: start afresh, from snapshots. */
  restart(): void {
    this.#cursor.forget();
    this.#lost();
  }

  #open(): void {
    this.#stopTimer();
    this.#asked.clear();
    const socket = this.#world.open();
    this.#enter({ name: "opening", socket });
    socket.onopen = () => this.#hello();
    socket.onmessage = ({ data }) => this.#heard(data);
    socket.onclose = ({ code }) => this.#closed(code);
    this.#stopTimer = this.#world.after(WELCOME_MS, () => this.#lost());
  }

  #hello(): void {
    const resume = this.#cursor.resume();
    const topics = resume === null ? [...this.#wanted] : this.#cursor.topics;
    const hello = { type: "hello", client_id: this.#clientId, topics } as const;
    this.#send(resume === null ? hello : { ...hello, resume });
  }

  #heard(data: unknown): void {
    this.#heardAt = this.#world.now();
    let frame: Frame | null;
    try {
      frame = readFrame(data);
    } catch {
      this.restart();
      return;
    }
    if (frame !== null && !this.#handle(frame)) this.restart();
    else this.#beatIfLate();
  }

  /** A page that nobody sees has timers that come late; what is heard of the server comes in time. */
  #beatIfLate(): void {
    if (this.#phase.name !== "open") return;
    if (this.#world.now() - this.#saidAt >= this.#phase.intervalMs) this.#checkLiveness();
  }

  /** False where the frame contradicts what came before. */
  #handle(frame: Frame): boolean {
    switch (frame.type) {
      case "welcome":
        return this.#welcome(frame);
      case "snapshot":
        return this.#snapshot(frame.topic, frame.position, frame.data);
      case "events":
        if (!this.#cursor.advance(frame.from, frame.to, frame.events)) return false;
        this.#sink.events(frame.events);
        return true;
      case "subscribed":
        for (const topic of frame.topics) this.#asked.delete(topic);
        return this.#cursor.expect(frame.topics, frame.position);
      case "unsubscribed":
        this.#cursor.release(frame.topics);
        this.#synchronizeTopics();
        return true;
      case "resync":
        return frame.reason !== "epoch" && this.#cursor.expect(frame.topics, frame.position);
      case "heartbeat":
        return this.#cursor.moveTo(frame.position);
      case "reply":
        this.#commands.answer(frame);
        return true;
      case "error":
        this.#failed(frame.id, frame.topic, frame.error);
        return true;
      case "drain":
        this.#drainMs = Math.min(MOST_DRAIN_MS, Math.max(0, frame.reconnect_after_ms));
        return true;
    }
  }

  #welcome(frame: Welcome): boolean {
    if (this.#phase.name !== "opening" || !this.#cursor.begin(frame)) return false;
    const { socket } = this.#phase;
    const now = this.#world.now();
    this.#everOpen = true;
    this.#drainMs = null;
    this.#acked = frame.resumed ? frame.position : null;
    const intervalMs = Math.max(1, frame.heartbeat_seconds) * 1000;
    this.#enter({ name: "open", socket, since: now, intervalMs });
    this.#sink.welcome(frame);
    if (this.#filter !== null) this.#sendFilter();
    for (const command of this.#commands.unanswered) this.#send(command);
    this.#synchronizeTopics();
    this.#scheduleTick();
    return true;
  }

  #snapshot(topic: string, position: number, data: JsonObject): boolean {
    if (!this.#cursor.arrived(topic, position)) return false;
    if (this.#wanted.has(topic)) this.#sink.snapshot(topic, data);
    this.#synchronizeTopics();
    return true;
  }

  #failed(id: string | null, topic: string | null, problem: Problem): void {
    if (this.#phase.name === "opening" && topic === null) {
      this.#stop(`${problem.message} ${problem.action}`.trim());
      return;
    }
    if (id !== null) this.#commands.fail(id, problem);
    if (topic === null) return;
    this.#wanted.delete(topic);
    this.#asked.delete(topic);
    this.#cursor.release([topic]);
    this.#sink.refused(topic, problem);
  }

  #sendFilter(): void {
    const filter = this.#filter ?? {};
    this.#send({ type: "subscribe", id: this.#world.uuid(), topics: [], filter });
  }

  #synchronizeTopics(): void {
    if (this.#phase.name !== "open") return;
    const held = new Set([...this.#cursor.topics, ...this.#cursor.expected, ...this.#asked]);
    const missing = [...this.#wanted].filter((topic) => !held.has(topic));
    const surplus = this.#cursor.topics.filter((topic) => !this.#wanted.has(topic));
    if (missing.length > 0) {
      for (const topic of missing) this.#asked.add(topic);
      this.#send({ type: "subscribe", id: this.#world.uuid(), topics: missing });
    }
    if (surplus.length > 0) {
      this.#cursor.release(surplus);
      this.#send({ type: "unsubscribe", id: this.#world.uuid(), topics: surplus });
    }
  }

  #scheduleTick(): void {
    this.#stopTimer();
    this.#stopTimer = this.#world.after(TICK_MS, () => {
      this.#checkLiveness();
      if (this.#phase.name === "open") this.#scheduleTick();
    });
  }

  #checkLiveness(): void {
    if (this.#phase.name !== "open") return;
    const now = this.#world.now();
    const { intervalMs } = this.#phase;
    if (now - this.#heardAt > 2 * intervalMs) {
      this.#lost();
      return;
    }
    const position = this.#cursor.expected.length > 0 ? null : this.#cursor.position;
    if (position !== null && position !== this.#acked) {
      this.#acked = position;
      this.#send({ type: "ack", position });
    } else if (now - this.#saidAt >= intervalMs) {
      this.#send({ type: "heartbeat" });
    }
  }

  #send(frame: ClientFrame): void {
    if (this.#phase.name !== "open" && this.#phase.name !== "opening") return;
    this.#saidAt = this.#world.now();
    this.#phase.socket.send(JSON.stringify(frame));
  }

  #closed(code: number): void {
    const reason = TERMINAL[code];
    if (code === RIGHTS_CHANGED) this.#cursor.forget();
    if (reason === undefined) this.#lost();
    else this.#stop(reason);
    if (code === RIGHTS_CHANGED || code === NOT_AUTHORIZED) this.#sink.doubted();
  }

  #lost(): void {
    const letIn = this.#phase.name === "open";
    const held = this.#phase.name === "open" && this.#world.now() - this.#phase.since >= HELD_MS;
    const announced = this.#drainMs;
    this.#drainMs = null;
    const well = held || announced !== null;
    this.#failures = well ? 0 : this.#failures + 1;
    this.#doubled = well ? 0 : doubledAgain(this.#doubled, letIn);
    const jitter = this.#world.random();
    const wait = announced === null ? backoff(this.#doubled, jitter, letIn) : announced + jitter * 500;
    this.#leaveSocket();
    this.#enter({ name: "waiting", retryAt: this.#world.now() + wait });
    this.#stopTimer = this.#world.after(wait, () => this.#open());
  }

  #stop(reason: string): void {
    this.#leaveSocket();
    this.#enter({ name: "stopped", reason });
    this.#commands.failAll(stoppedProblem(reason));
  }

  #leaveSocket(): void {
    this.#stopTimer();
    this.#cursor.interrupted();
    if (this.#phase.name !== "open" && this.#phase.name !== "opening") return;
    const { socket } = this.#phase;
    socket.onopen = null;
    socket.onmessage = null;
    socket.onclose = null;
    socket.close();
  }

  #enter(phase: Phase): void {
    this.#phase = phase;
    this.#sink.link(this.#link());
  }

  #link(): Link {
    const phase = this.#phase;
    if (phase.name === "open") return { status: "connected" };
    if (phase.name === "stopped") return { status: "error", retryAt: null, reason: phase.reason };
    const retryAt = phase.name === "waiting" ? phase.retryAt : null;
    if (this.#failures >= FAILURES_SHOWN_AS_ERROR) return { status: "error", retryAt, reason: null };
    if (this.#everOpen || this.#failures > 0) return { status: "lost", retryAt };
    return { status: "connecting" };
  }
}

function stoppedProblem(reason: string): Problem {
  return { code: "disconnected", message: reason, action: "", retryable: false, reference: null };
}
