/**
 * Which way to the server: a WebSocket, or, where those do not pass, server-sent events.
 *
 * Some proxies let no WebSocket through. That is known by sockets that end without a word while plain requests are
 * answered; then a stream takes their place, and a socket is tried again now and then, and whenever the stream broke.
 */

import type { Socket } from "./connection";

/** Sockets in a row that brought nothing, while requests were answered, until a stream takes their place. */
const SILENT_SOCKETS = 2;
const PROBE_MS = 120_000;
const PROBE_WAIT_MS = 10_000;
const BROKEN = 1006;

export interface Ways {
  socket(): Socket;
  stream(): Socket & { retire(): void };
  /** Whether the server answers a plain request. It never rejects. */
  reachable(): Promise<boolean>;
  /** Returns what stops it. */
  after(ms: number, run: () => void): () => void;
}

export class Transports {
  readonly #ways: Ways;
  #silent = 0;

  constructor(ways: Ways) {
    this.#ways = ways;
  }

  open(): Socket {
    return this.#silent < SILENT_SOCKETS ? this.#openSocket() : this.#openStream();
  }

  #openSocket(): Socket {
    return new Watched(this.#ways.socket(), {
      answered: () => {
        this.#silent = 0;
      },
      over: (answered) => {
        if (!answered) void this.#blame();
      },
    });
  }

  /** A socket that brought nothing is no proxy's fault where nothing else passes either. */
  async #blame(): Promise<void> {
    this.#silent = (await this.#ways.reachable()) ? this.#silent + 1 : 0;
  }

  #openStream(): Socket {
    const stream = this.#ways.stream();
    let stop = () => {};
    const probeLater = () => {
      stop = this.#ways.after(PROBE_MS, () => {
        stop = this.#probe(
          () => stream.retire(),
          () => probeLater(),
        );
      });
    };
    return new Watched(stream, {
      answered: probeLater,
      over: () => {
        stop();
        this.#silent = Math.min(this.#silent, SILENT_SOCKETS - 1);
      },
    });
  }

  /** Whether a socket brings anything. Returns what gives it up. */
  #probe(passed: () => void, failed: () => void): () => void {
    const socket = this.#ways.socket();
    const end = () => {
      stopWaiting();
      socket.onopen = socket.onmessage = socket.onclose = null;
      socket.close();
    };
    const stopWaiting = this.#ways.after(PROBE_WAIT_MS, () => {
      end();
      failed();
    });
    socket.onopen = () => socket.send(JSON.stringify({ type: "hello", topics: [] }));
    socket.onmessage = () => {
      end();
      this.#silent = 0;
      passed();
    };
    socket.onclose = () => {
      end();
      failed();
    };
    return end;
  }
}

interface Told {
  answered(): void;
  /** Once, however it ends. */
  over(answered: boolean): void;
}

/** Passes everything on, and tells whether anything came. */
class Watched implements Socket {
  onopen: (() => void) | null = null;
  onmessage: ((message: { data: unknown }) => void) | null = null;
  onclose: ((close: { code: number }) => void) | null = null;
  readonly #inner: Socket;
  readonly #told: Told;
  #answered = false;
  #over = false;

  constructor(inner: Socket, told: Told) {
    this.#inner = inner;
    this.#told = told;
    inner.onopen = () => this.onopen?.();
    inner.onmessage = (message) => {
      this.#answer();
      this.onmessage?.(message);
    };
    inner.onclose = ({ code }) => {
      // A server that says why it closes has been heard.
      if (code !== BROKEN) this.#answer();
      this.#end();
      this.onclose?.({ code });
    };
  }

  send(text: string): void {
    this.#inner.send(text);
  }

  close(): void {
    this.#end();
    this.#inner.close();
  }

  #answer(): void {
    if (this.#answered || this.#over) return;
    this.#answered = true;
    this.#told.answered();
  }

  #end(): void {
    if (this.#over) return;
    this.#over = true;
    this.#told.over(this.#answered);
  }
}
