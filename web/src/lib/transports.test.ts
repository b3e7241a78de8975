import { beforeEach, describe, expect, it } from "vitest";
import { FakeSocket, FakeWorld } from "@/test/fake-world";
import type { Socket } from "./connection";
import { Transports } from "./transports";

class FakeStream extends FakeSocket {
  retired = false;
  retire(): void {
    this.retired = true;
    this.drop(4000);
  }
}

let world: FakeWorld;
let sockets: FakeSocket[];
let streams: FakeStream[];
let reachable: boolean;
let transports: Transports;

beforeEach(() => {
  world = new FakeWorld();
  sockets = [];
  streams = [];
  reachable = true;
  transports = new Transports({
    socket: () => kept(new FakeSocket(), sockets),
    stream: () => kept(new FakeStream(), streams),
    reachable: async () => reachable,
    after: (ms, run) => world.after(ms, run),
  });
});

function kept<T>(one: T, list: T[]): T {
  list.push(one);
  return one;
}

function opened(): Socket {
  const socket = transports.open();
  socket.onopen = socket.onmessage = socket.onclose = () => {};
  return socket;
}

/** An attempt that ends without a word, and whatever is found out about it. */
async function silent(): Promise<void> {
  opened();
  sockets.at(-1)?.drop();
  await Promise.resolve();
  await Promise.resolve();
}

async function onStream(): Promise<FakeStream> {
  await silent();
  await silent();
  opened();
  const stream = streams.at(-1);
  if (stream === undefined) throw new Error("no stream was opened");
  return stream;
}

describe("the way to the server", () => {
  it("is a socket, and stays one where sockets bring something", async () => {
    for (let n = 0; n < 5; n++) {
      opened();
      sockets.at(-1)?.say("{}");
      sockets.at(-1)?.drop();
      await Promise.resolve();
    }
    expect(sockets).toHaveLength(5);
    expect(streams).toHaveLength(0);
  });

  it("is a stream after two sockets without a word, while requests are answered", async () => {
    await silent();
    expect(streams).toHaveLength(0);
    const stream = await onStream();
    expect(sockets).toHaveLength(2);
    expect(stream.closed).toBe(false);
  });

  it("stays a socket while the server is away", async () => {
    reachable = false;
    for (let n = 0; n < 5; n++) await silent();
    opened();
    expect(streams).toHaveLength(0);
    expect(sockets).toHaveLength(6);
  });

  it("stays a socket where the server came back between a socket and a request", async () => {
    reachable = false;
    await silent();
    reachable = true;
    await silent();
    opened();
    expect(streams).toHaveLength(0);
  });

  it("is a stream after sockets that were given up without a word", async () => {
    for (let n = 0; n < 2; n++) {
      opened().close();
      await Promise.resolve();
      await Promise.resolve();
    }
    opened();
    expect(streams).toHaveLength(1);
  });

  it("stays a socket where the server says why it closes", async () => {
    for (let n = 0; n < 5; n++) {
      opened();
      sockets.at(-1)?.drop(1013);
      await Promise.resolve();
    }
    opened();
    expect(sockets).toHaveLength(6);
  });

  it("is tried by a socket first when a stream broke, and one silent socket brings the stream back", async () => {
    (await onStream()).say("{}");
    streams[0]?.drop();
    await silent();
    expect(sockets).toHaveLength(3);
    opened();
    expect(streams).toHaveLength(2);
  });

  it("is a socket again once one brings something", async () => {
    const stream = await onStream();
    stream.say("{}");
    world.pass(119_000);
    expect(sockets).toHaveLength(2);
    world.pass(1_000);
    const probe = sockets[2];
    probe?.accept();
    expect(probe?.of("hello")).toEqual([{ type: "hello", topics: [] }]);
    probe?.say("{}");
    expect(probe?.closed).toBe(true);
    expect(stream.retired).toBe(true);
    opened();
    expect(sockets).toHaveLength(4);
  });

  it("is asked about again and again while sockets bring nothing, and the stream goes on", async () => {
    const stream = await onStream();
    stream.say("{}");
    world.pass(120_000);
    sockets[2]?.drop();
    world.pass(120_000);
    expect(sockets).toHaveLength(4);
    world.pass(10_000);
    expect(sockets[3]?.closed).toBe(true);
    world.pass(120_000);
    expect(sockets).toHaveLength(5);
    expect(stream.closed).toBe(false);
  });

  it("is not asked about once the stream is over", async () => {
    const stream = await onStream();
    stream.say("{}");
    world.pass(120_000);
    stream.drop();
    expect(sockets[2]?.closed).toBe(true);
    world.pass(600_000);
    expect(sockets).toHaveLength(3);
  });
});
