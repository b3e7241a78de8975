/** Plays the scenarios of `wire/scenarios` to a connection, in a world of which they say what happens. */

import { expect } from "vitest";
import { Connection, type Link, type Sink } from "@/lib/connection";
import { isObject, type JsonObject } from "@/lib/read";
import type { CommandName, Event, LogFilter } from "@/lib/wire";
import { type FakeSocket, FakeWorld } from "./fake-world";

const FILES = import.meta.glob<readonly Scenario[]>("../../../wire/scenarios/*.json", {
  eager: true,
  import: "default",
});
const LISTS: readonly string[] = ["runs", "jobs", "workers"];
const OWN: Readonly<Record<string, string>> = { hello: "client_id", subscribe: "id", unsubscribe: "id" };

interface Scenario {
  readonly name: string;
  readonly topics?: readonly string[];
  readonly chance?: number;
  readonly variants?: readonly JsonObject[];
  readonly steps: readonly Step[];
}

interface Step {
  readonly opens?: true;
  readonly hears?: JsonObject | string;
  readonly connects?: { readonly position: number; readonly resumed?: boolean };
  readonly closes?: number | null;
  readonly seconds?: number;
  readonly sleeps?: number;
  readonly wakes?: true;
  readonly follows?: string;
  readonly filter?: LogFilter;
  readonly unfollows?: string;
  readonly commands?: { readonly id: string; readonly name: CommandName; readonly args: JsonObject };
  readonly sends?: readonly JsonObject[];
  readonly delivers?: readonly JsonObject[];
  readonly status?: Link["status"];
  readonly attempting?: boolean;
  readonly waits?: number;
}

/** Each with its variants, by a name. */
export function scenarios(): readonly (readonly [string, Scenario])[] {
  return Object.values(FILES)
    .flat()
    .flatMap((scenario) =>
      (scenario.variants ?? [{}]).map((variant) => {
        const { frame: _, ...which } = variant;
        return [[scenario.name, ...Object.values(which)].join(", "), filled(scenario, variant)] as const;
      }),
    );
}

function filled<T>(value: T, variant: JsonObject): T {
  const text = JSON.stringify(value, (key, inside) => {
    if (key === "variants") return undefined;
    return typeof inside === "string" && inside.startsWith("$") ? variant[inside.slice(1)] : inside;
  });
  return JSON.parse(text) as T;
}

export class Player implements Sink {
  readonly #world = new FakeWorld();
  readonly #connection = new Connection(this.#world, this, "c");
  #link: Link | null = null;
  #told: JsonObject[] = [];
  /** Of each connection, how much of what was sent the steps before have seen. */
  readonly #seen = new Map<FakeSocket, number>();

  constructor(scenario: Scenario) {
    this.#world.chance = scenario.chance ?? 0;
    for (const topic of scenario.topics ?? []) this.#connection.follow(topic);
    this.#connection.start();
  }

  link(link: Link): void {
    this.#link = link;
  }
  welcome(): void {}
  sending(): void {}
  snapshot(topic: string): void {
    this.#told.push({ snapshot: topic });
  }
  events(events: readonly Event[]): void {
    for (const { position } of events) this.#told.push({ event: position });
  }
  refused(topic: string): void {
    this.#told.push({ refused: topic });
  }
  doubted(): void {}

  async play(step: Step): Promise<void> {
    this.#told = [];
    this.#happen(step);
    await Promise.resolve();
    expect(this.#sent()).toEqual(step.sends ?? []);
    expect(this.#told).toEqual(step.delivers ?? []);
    if (step.status !== undefined) expect(this.#link?.status).toBe(step.status);
    if (step.attempting !== undefined) expect(this.#attempting).toBe(step.attempting);
    if (step.waits !== undefined) expect(this.#waits).toBeCloseTo(step.waits, 2);
  }

  #happen(step: Step): void {
    const { socket } = this.#world;
    if (step.opens) socket.accept();
    if (step.hears !== undefined) socket.say(whole(step.hears));
    if (step.connects) this.#connects(step.connects.position, step.connects.resumed ?? false);
    if (step.closes !== undefined) socket.drop(step.closes ?? 1006);
    if (step.seconds !== undefined) this.#world.pass(step.seconds * 1000);
    if (step.sleeps !== undefined) this.#world.sleep(step.sleeps * 1000);
    if (step.wakes) this.#connection.wake();
    if (step.follows !== undefined) this.#connection.follow(step.follows, step.filter);
    if (step.unfollows !== undefined) this.#connection.unfollow(step.unfollows);
    if (step.commands) void this.#command(step.commands);
  }

  #connects(position: number, resumed: boolean): void {
    const { socket } = this.#world;
    socket.accept();
    const topics = socket.of("hello")[0]?.topics as readonly string[];
    const welcome = { type: "welcome", client_id: "c", epoch: "e1", heartbeat_seconds: 10 };
    socket.say({ ...welcome, position, topics, resumed });
    for (const topic of resumed ? [] : topics) {
      const data = LISTS.includes(topic) ? { [topic]: [] } : {};
      socket.say({ type: "snapshot", topic, position, data });
    }
  }

  async #command({ id, name, args }: NonNullable<Step["commands"]>): Promise<void> {
    const outcome = await this.#connection.command(name, args, id);
    this.#told.push({ reply: id, ok: outcome.ok, ...(!outcome.ok && { code: outcome.error.code }) });
  }

  #sent(): readonly JsonObject[] {
    return this.#world.sockets.flatMap((socket) => {
      const before = this.#seen.get(socket) ?? 0;
      this.#seen.set(socket, socket.sent.length);
      return socket.sent.slice(before).map(plain);
    });
  }

  get #attempting(): boolean {
    const { socket } = this.#world;
    return !socket.closed && socket.sent.length === 0;
  }

  get #waits(): number {
    const at = this.#link && "retryAt" in this.#link ? this.#link.retryAt : null;
    return at === null ? Number.NaN : (at - this.#world.time) / 1000;
  }
}

/** A number in the place of an event stands for a note. */
function whole(frame: JsonObject | string): object | string {
  if (!isObject(frame) || !Array.isArray(frame.events)) return frame;
  return { ...frame, events: frame.events.map((one) => (typeof one === "number" ? note(one) : one)) };
}

function note(position: number): object {
  return {
    position,
    version: position,
    id: `event-${position}`,
    run_id: "r1",
    type: "note",
    timestamp: "2026-11-20T09:30:00.000Z",
    agent_name: null,
    content: "",
    metadata: { by: "ada", step: null },
    requires_ack: false,
  };
}

function plain(frame: JsonObject): JsonObject {
  const own = OWN[String(frame.type)];
  return Object.fromEntries(Object.entries(frame).filter(([name]) => name !== own));
}
