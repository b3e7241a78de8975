/**
 * A connection for where WebSockets do not pass: server-sent events one way, HTTP requests the other. It hears and says
 * the frames of a WebSocket, so that whoever holds it need not know.
 *
 * The topics of a stream stay as they are. To follow another one it opens another stream, which begins with fresh
 * snapshots of all: to the connection that is a resync.
 */

import type { Socket } from "./connection";
import { type Fetch, post } from "./posting";
import { isObject, type JsonObject } from "./read";
import { type Message, Messages } from "./server-sent";
import { type ClientFrame, type LogFilter, readFrame, readProblem, type Welcome } from "./wire";

const BROKEN = 1006;
const DRAINING = 4000;
const RIGHTS_CHANGED = 4005;
const NOT_AUTHORIZED = 4501;
const SIGNED_OUT = "not_signed_in";
/** What the server says of a stream that it does not open, as the close code that a WebSocket has for it. */
const CLOSE_CODES: Readonly<Record<string, number>> = {
  [SIGNED_OUT]: NOT_AUTHORIZED,
  bad_origin: 4502,
  bad_host: 4502,
};

type Subscribe = Extract<ClientFrame, { type: "subscribe" }>;

export class EventStream implements Socket {
  onopen: (() => void) | null = null;
  onmessage: ((message: { data: unknown }) => void) | null = null;
  onclose: ((close: { code: number }) => void) | null = null;
  readonly #fetch: Fetch;
  readonly #topics = new Set<string>();
  /** The log's. */
  #filter: LogFilter = {};
  /** Said and not yet answered. */
  #subscriptions: Subscribe[] = [];
  #reading = new AbortController();
  #posted: Promise<void> = Promise.resolve();
  #epoch: string | null = null;
  #position = 0;
  /** Whether the snapshots that this stream began with are there: then it can be resumed. */
  #settled = false;
  #drained = false;
  #over = false;

  constructor(fetch: Fetch) {
    this.#fetch = fetch;
    // There is nothing to wait for: the server is asked with the topics that hello names.
    queueMicrotask(() => this.onopen?.());
  }

  send(text: string): void {
    const frame = JSON.parse(text) as ClientFrame;
    switch (frame.type) {
      case "hello":
        for (const topic of frame.topics) this.#topics.add(topic);
        this.#open(frame.resume ? `${frame.resume.epoch}:${frame.resume.position}` : null);
        break;
      case "subscribe":
        this.#subscribe(frame);
        break;
      case "unsubscribe":
        for (const topic of frame.topics) this.#topics.delete(topic);
        this.#later({ type: "unsubscribed", id: frame.id, topics: frame.topics });
        this.#open(this.#resumable());
        break;
      case "command":
        this.#posted = this.#posted.then(() => this.#post(frame));
        break;
    }
  }

  close(): void {
    this.#over = true;
    this.#reading.abort();
  }

  /** Ask whoever holds it to come back at once, by another way. */
  retire(): void {
    this.#say({ type: "drain", reconnect_after_ms: 0 });
    this.#end(DRAINING);
  }

  #subscribe(frame: Subscribe): void {
    if (frame.filter !== undefined) this.#filter = frame.filter;
    if (frame.topics.length === 0) {
      if (this.#topics.has("log")) this.#open(this.#resumable());
      return;
    }
    for (const topic of frame.topics) this.#topics.add(topic);
    this.#subscriptions.push(frame);
    this.#open(null);
  }

  async #post(command: Extract<ClientFrame, { type: "command" }>): Promise<void> {
    if (this.#over) return;
    try {
      const reply = await post(this.#fetch, command);
      this.#say(reply);
      if (reply.error?.code === SIGNED_OUT) this.#end(NOT_AUTHORIZED);
    } catch {
      // Whether it took effect is not known: it is sent again on the next connection, under its id.
      this.#end(BROKEN);
    }
  }

  #resumable(): string | null {
    return this.#settled ? `${this.#epoch}:${this.#position}` : null;
  }

  #open(lastId: string | null): void {
    this.#reading.abort();
    this.#reading = new AbortController();
    this.#settled = false;
    void this.#read(lastId, this.#reading.signal);
  }

  /** Until the stream is over, or another one takes its place. */
  async #read(lastId: string | null, signal: AbortSignal): Promise<void> {
    let code = BROKEN;
    try {
      const parameters = new URLSearchParams({ topics: [...this.#topics].join(",") });
      for (const [name, words] of Object.entries(this.#filter)) {
        if (words.length === 0) parameters.append(name, ""); // nothing passes
        for (const word of words) parameters.append(name, word);
      }
      const headers = { accept: "text/event-stream", ...(lastId !== null && { "last-event-id": lastId }) };
      const how = { headers, signal, cache: "no-store" } as const;
      const response = await this.#fetch(`/api/events?${parameters}`, how);
      if (response.ok) await this.#listen(response, signal);
      else code = closeCode(await response.json());
    } catch {
      // It broke, or what came is no stream of ours.
    }
    if (!signal.aborted) this.#end(this.#drained ? DRAINING : code);
  }

  async #listen(response: Response, signal: AbortSignal): Promise<void> {
    const messages = new Messages();
    const texts = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    while (texts !== undefined) {
      const { done, value } = await texts.read();
      if (done || signal.aborted) return;
      this.#take(messages.take(value));
    }
  }

  /** Events that came together stay together. */
  #take(messages: readonly Message[]): void {
    let events: Message[] = [];
    for (const message of messages) {
      if (message.event === "" && message.data !== null) {
        events.push(message);
        continue;
      }
      this.#events(events);
      events = [];
      if (message.data !== null) this.#frame(message.event, message.data);
      else if (message.id !== null) this.#idle(positionOf(message.id));
    }
    this.#events(events);
  }

  #events(messages: readonly Message[]): void {
    const last = messages.at(-1)?.id;
    if (last === null || last === undefined) return;
    const from = this.#position;
    this.#position = positionOf(last);
    const events = messages.map((message) => message.data).join(",");
    this.#hear(`{"type":"events","from":${from},"to":${this.#position},"events":[${events}]}`);
  }

  #idle(position: number): void {
    this.#position = position;
    if (this.#settled) this.#say({ type: "heartbeat", position });
    this.#settled = true;
  }

  #frame(name: string, text: string): void {
    const frame = readFrame(text);
    if (frame?.type === "welcome") {
      this.#welcome(frame, text);
      return;
    }
    if (frame?.type === "resync") this.#position = frame.position;
    if (frame?.type === "error" && frame.error.code === SIGNED_OUT) {
      this.#end(RIGHTS_CHANGED);
      return;
    }
    if (name === "drain") this.#drained = true;
    this.#hear(text);
  }

  /** The first one is the connection's; the others answer what was subscribed to meanwhile. */
  #welcome(welcome: Welcome, text: string): void {
    const { epoch, position, topics, resumed } = welcome;
    const before = this.#epoch;
    this.#epoch = epoch;
    this.#position = position;
    this.#settled = resumed;
    if (before === null) {
      this.#hear(text);
      return;
    }
    if (resumed) return;
    const asked = new Set<string>();
    for (const subscription of this.#subscriptions.splice(0)) {
      const held = subscription.topics.filter((topic) => topics.includes(topic));
      for (const topic of held) asked.add(topic);
      this.#say({ type: "subscribed", id: subscription.id, topics: held, position });
    }
    const others = topics.filter((topic) => !asked.has(topic));
    const reason = before === epoch ? "behind" : "epoch";
    if (others.length > 0 || reason === "epoch") {
      this.#say({ type: "resync", reason, topics: others, position });
    }
  }

  #later(frame: JsonObject): void {
    queueMicrotask(() => this.#say(frame));
  }

  #say(frame: JsonObject): void {
    this.#hear(JSON.stringify(frame));
  }

  #hear(text: string): void {
    if (!this.#over) this.onmessage?.({ data: text });
  }

  #end(code: number): void {
    if (this.#over) return;
    this.close();
    this.onclose?.({ code });
  }
}

function positionOf(id: string): number {
  return Number(id.slice(id.lastIndexOf(":") + 1));
}

function closeCode(answer: unknown): number {
  return isObject(answer) ? (CLOSE_CODES[readProblem(answer).code] ?? BROKEN) : BROKEN;
}
