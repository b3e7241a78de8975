/** A proxy in front of a server: one that lets no WebSocket through until it is told to, or one that can be cut off. */

import { once } from "node:events";
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import { type AddressInfo, connect } from "node:net";
import type { Duplex } from "node:stream";

export class Gate {
  /** WebSockets that were asked for and refused. */
  refused = 0;
  /** WebSockets that were let through. */
  passed = 0;
  #lets = false;
  #cut = false;
  readonly #target: () => string;
  readonly #server: Server;
  readonly #streams = new Set<ServerResponse>();
  readonly #sockets = new Set<Duplex>();

  private constructor(target: () => string) {
    this.#target = target;
    this.#server = createServer((asked, answer) => {
      const { hostname, port } = new URL(this.#target());
      const { url = "/", method = "GET", headers } = asked;
      const forwarded = request({ hostname, port, path: url, method, headers }, (answered) => {
        answer.writeHead(answered.statusCode ?? 502, answered.headers);
        answered.pipe(answer);
      });
      if (url.startsWith("/api/events")) this.#streams.add(answer);
      forwarded.on("error", () => answer.destroy());
      answer.on("close", () => forwarded.destroy());
      asked.pipe(forwarded);
    });
    this.#server.on("connection", (socket) => {
      if (this.#cut) socket.destroy();
    });
    this.#server.on("upgrade", (asked, socket, head) => this.#upgrade(asked, socket, head));
  }

  static async before(target: () => string): Promise<Gate> {
    const gate = new Gate(target);
    await once(gate.#server.listen(0, "localhost"), "listening");
    return gate;
  }

  get url(): string {
    return `http://localhost:${(this.#server.address() as AddressInfo).port}`;
  }

  /** How many event streams were asked for. */
  get streams(): number {
    return this.#streams.size;
  }

  /** From now on WebSockets pass, and the event streams that there are break. */
  letSocketsThrough(): void {
    this.#lets = true;
    for (const stream of this.#streams) stream.destroy();
  }

  /** From now on nothing passes, and whatever was connected is not any more. */
  cut(): void {
    this.#cut = true;
    for (const socket of this.#sockets) socket.destroy();
    this.#server.closeAllConnections();
  }

  mend(): void {
    this.#cut = false;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }

  #upgrade(asked: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (!this.#lets) {
      this.refused += 1;
      socket.end("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
      return;
    }
    this.passed += 1;
    const { hostname, port } = new URL(this.#target());
    const onward = connect(Number(port), hostname, () => {
      const lines = asked.rawHeaders.flatMap((word, at) =>
        at % 2 ? [] : `${word}: ${asked.rawHeaders[at + 1]}`,
      );
      onward.write(`GET ${asked.url} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n`);
      onward.write(head);
      onward.pipe(socket).pipe(onward);
    });
    this.#sockets.add(onward).add(socket);
    socket.on("close", () => onward.destroy());
    onward.on("close", () => socket.destroy());
    onward.on("error", () => socket.destroy());
    socket.on("error", () => onward.destroy());
  }
}
