import { beforeEach, expect, it } from "vitest";
import { FakeWorld } from "@/test/fake-world";
import type { Link } from "./connection";
import { Lookout } from "./lookout";

const WAITS: Link = { status: "lost", retryAt: 99_000 };
const TRIES: Link = { status: "lost", retryAt: null };
const OPEN: Link = { status: "connected" };
const LOOK_MS = 2_000;

let world: FakeWorld;
let reachable: boolean;
let visible: boolean;
let asked: number;
let back: number;
let lookout: Lookout;

beforeEach(() => {
  world = new FakeWorld();
  reachable = true;
  visible = true;
  asked = 0;
  back = 0;
  const around = {
    visible: () => visible,
    reachable: async () => {
      asked += 1;
      return reachable;
    },
    random: () => 0,
    after: (ms: number, run: () => void) => world.after(ms, run),
  };
  lookout = new Lookout(around, () => {
    back += 1;
  });
});

async function looked(times = 1): Promise<void> {
  for (let time = 0; time < times; time += 1) {
    world.pass(LOOK_MS);
    await Promise.resolve();
    await Promise.resolve();
  }
}

it("says that a server that was away is back, within a look", async () => {
  reachable = false;
  lookout.see(WAITS);
  await looked(3);
  expect(back).toBe(0);
  reachable = true;
  await looked();
  expect(back).toBe(1);
});

it("remembers over attempts that the server was away", async () => {
  reachable = false;
  lookout.see(WAITS);
  await looked();
  lookout.see(TRIES);
  reachable = true;
  lookout.see(WAITS);
  await looked();
  expect(back).toBe(1);
});

it("leaves a server that answers and refuses to the long waits", async () => {
  lookout.see(WAITS);
  await looked(5);
  expect(asked).toBe(5);
  expect(back).toBe(0);
});

it("hurries once for each time that the server was away", async () => {
  reachable = false;
  lookout.see(WAITS);
  await looked();
  reachable = true;
  await looked();
  lookout.see(TRIES);
  lookout.see(WAITS);
  await looked(5);
  expect(back).toBe(1);
});

it("looks only while there is a wait, and somebody who waits", async () => {
  lookout.see(OPEN);
  await looked(3);
  visible = false;
  lookout.see(WAITS);
  await looked(3);
  expect(asked).toBe(0);
  visible = true;
  await looked();
  expect(asked).toBe(1);
  lookout.see(OPEN);
  await looked(3);
  expect(asked).toBe(1);
});

it("does not hurry a connection that was made while it looked", async () => {
  reachable = false;
  lookout.see(WAITS);
  await looked();
  reachable = true;
  world.pass(LOOK_MS);
  lookout.see(OPEN);
  await Promise.resolve();
  await Promise.resolve();
  expect(back).toBe(0);
});
