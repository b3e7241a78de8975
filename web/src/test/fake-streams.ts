/** A server of event streams and commands over HTTP, whose answers belong to the test. */

import type { Fetch } from "@/lib/posting";
import type { JsonObject } from "@/lib/read";

interface Asked {
  readonly path: string;
  readonly how: RequestInit;
}

export class FakeStreams {
  readonly asked: Asked[] = [];
  /** What the next requests answer; without one, a stream that is left open. */
  readonly answers: (Response | Error)[] = [];
  #controllers: ReadableStreamDefaultController<Uint8Array>[] = [];

  readonly fetch: Fetch = async (path, how) => {
    this.asked.push({ path, how });
    const answer = this.answers.shift() ?? this.#stream(how.signal ?? null);
    if (answer instanceof Error) throw answer;
    return answer;
  };

  #stream(signal: AbortSignal | null): Response {
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        this.#controllers.push(controller);
        signal?.addEventListener("abort", () => controller.error(signal.reason));
      },
    });
    return new Response(body, { headers: { "content-type": "text/event-stream" } });
  }

  /** The newest stream says this. */
  async says(...texts: readonly string[]): Promise<void> {
    this.#controllers.at(-1)?.enqueue(new TextEncoder().encode(texts.join("")));
    await settled();
  }

  async ends(): Promise<void> {
    this.#controllers.at(-1)?.close();
    await settled();
  }
}

/** Everything that was under way without time passing has happened. */
export function settled(): Promise<void> {
  return new Promise((done) => setTimeout(done));
}

export function named(name: string, frame: JsonObject): string {
  return `event: ${name}\ndata: ${JSON.stringify({ type: name, ...frame })}\n\n`;
}

export function welcome(position: number, topics: readonly string[], more: JsonObject = {}): string {
  const frame = { client_id: "c", epoch: "e1", position, topics, resumed: false, heartbeat_seconds: 10 };
  return `retry: 1000\n${named("welcome", { ...frame, ...more })}`;
}

/** A welcome with a snapshot of each topic, and what tells that all are there. */
export function begun(position: number, ...topics: readonly string[]): string {
  const snapshots = topics.map((topic) => named("snapshot", { topic, position, data: {} }));
  return `${welcome(position, topics)}${snapshots.join("")}id: e1:${position}\n\n`;
}
