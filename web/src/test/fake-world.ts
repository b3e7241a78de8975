/** A world for the connection whose time, chance and server belong to the test. */

import type { Socket, World } from "@/lib/connection";
import type { JsonObject } from "@/lib/read";

interface Timer {
  readonly at: number;
  readonly run: () => void;
}

/** The server's end of one connection. `sent` is what the client sent, parsed. */
export class FakeSocket implements Socket {
  onopen: (() => void) | null = null;
  onmessage: ((message: { data: unknown }) => void) | null = null;
  onclose: ((close: { code: number }) => void) | null = null;
  readonly sent: JsonObject[] = [];
  closed = false;

  send(text: string): void {
    if (this.closed) throw new Error("sent on a closed socket");
    this.sent.push(JSON.parse(text) as JsonObject);
  }

  close(): void {
    this.closed = true;
  }

  accept(): void {
    this.onopen?.();
  }

  say(frame: object | string): void {
    this.onmessage?.({ data: typeof frame === "string" ? frame : JSON.stringify(frame) });
  }

  drop(code = 1006): void {
    this.closed = true;
    this.onclose?.({ code });
  }

  /** Frames of one type that the client sent. */
  of(type: string): readonly JsonObject[] {
    return this.sent.filter((frame) => frame.type === type);
  }

  /** Accept, and welcome afresh with snapshots of what hello asked for. */
  welcome(position = 100, more: object = {}): void {
    this.accept();
    const topics = this.of("hello")[0]?.topics as string[];
    this.say(welcomeFrame({ position, topics, ...more }));
    for (const topic of topics) this.say({ type: "snapshot", topic, position, data: {} });
  }
}

export function welcomeFrame(more: object = {}): object {
  return {
    type: "welcome",
    client_id: "tab",
    epoch: "e1",
    position: 100,
    topics: [],
    resumed: false,
    heartbeat_seconds: 10,
    server_time: "2026-11-20T09:30:00.000Z",
    ...more,
  };
}

export class FakeWorld implements World {
  time = 0;
  chance = 0;
  readonly sockets: FakeSocket[] = [];
  #timers: Timer[] = [];
  #ids = 0;

  open(): Socket {
    const socket = new FakeSocket();
    this.sockets.push(socket);
    return socket;
  }

  now(): number {
    return this.time;
  }

  random(): number {
    return this.chance;
  }

  uuid(): string {
    this.#ids += 1;
    return `id-${this.#ids}`;
  }

  after(ms: number, run: () => void): () => void {
    const timer = { at: this.time + ms, run };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((one) => one !== timer);
    };
  }

  /** Let time pass; timers run when they are due. */
  pass(ms: number): void {
    const end = this.time + ms;
    for (;;) {
      const next = this.#timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (next === undefined) break;
      this.#timers = this.#timers.filter((one) => one !== next);
      this.time = Math.max(this.time, next.at);
      next.run();
    }
    this.time = end;
  }

  /** Nothing runs for so long; then everything that is due. */
  sleep(ms: number): void {
    this.time += ms;
    this.pass(0);
  }

  /** Let time pass just until the next attempt; at most the longest wait there is. */
  passToAttempt(): void {
    const before = this.sockets.length;
    for (let ms = 0; ms < 21_000 && this.sockets.length === before; ms += 100) this.pass(100);
  }

  /** The newest connection. */
  get socket(): FakeSocket {
    const socket = this.sockets.at(-1);
    if (socket === undefined) throw new Error("nothing was opened");
    return socket;
  }
}
