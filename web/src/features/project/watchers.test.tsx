import { act, screen, within } from "@testing-library/react";
import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { evolve } from "@/lib/reduce";
import type { Person } from "@/lib/session";
import type { RunView } from "@/lib/views";
import { readEvent } from "@/lib/wire";
import { type FakeWorld, welcomeFrame } from "@/test/fake-world";
import { renderLive } from "@/test/render-live";
import { CREATED, rawEvent } from "@/test/sample";
import { preloadParts } from "./parts";
import { ProjectPage } from "./project-page";

const ANNA: Person = { name: "anna", role: "member" };

async function opened(who: Person | null): Promise<FakeWorld> {
  const { world } = await renderLive(<ProjectPage />, "/projects/r1", who ?? undefined);
  const view = [rawEvent(1, "run_status", CREATED)]
    .map((one) => readEvent(one))
    .reduce<RunView | null>(evolve, null);
  act(() => {
    world.socket.accept();
    world.socket.say(welcomeFrame({ position: 1, topics: ["run:r1"] }));
    world.socket.say({ type: "snapshot", topic: "run:r1", position: 1, data: view });
  });
  return world;
}

function told(world: FakeWorld, count: number, users: readonly string[], runId = "r1"): void {
  act(() => {
    world.socket.say({ type: "snapshot", topic: `watchers:${runId}`, position: 1, data: { count, users } });
  });
}

function seen(): readonly string[] | null {
  const list = screen.queryByRole("list", { name: /here now/ });
  if (list === null) return null;
  return within(list)
    .getAllByRole("listitem")
    .map((one) => one.textContent ?? "");
}

beforeAll(preloadParts);

beforeEach(() => {
  vi.stubGlobal("fetch", () =>
    Promise.resolve(new Response(JSON.stringify({ version: "1", model: "demo" }))),
  );
});

describe("who else has a project open", () => {
  it("is told by name, without the reader", async () => {
    const world = await opened(ANNA);
    told(world, 3, ["anna", "bob", "Carla Díaz"]);
    expect(screen.getByRole("list", { name: "2 other people here now" })).toBeTruthy();
    expect(seen()).toEqual(["bobBO", "Carla DíazCD"]);
  });

  it("is nothing while that is nobody, and changes as they come and go", async () => {
    const world = await opened(ANNA);
    told(world, 1, ["anna"]);
    expect(seen()).toBeNull();
    told(world, 2, ["anna", "bob"]);
    expect(screen.getByRole("list", { name: "1 other person here now" })).toBeTruthy();
    told(world, 1, ["anna"]);
    expect(seen()).toBeNull();
  });

  it("is a number beyond three, also of those who are not named", async () => {
    const world = await opened(ANNA);
    told(world, 30, ["bob", "carl", "dora", "emil"]);
    expect(seen()).toEqual(["bobBO", "carlCA", "doraDO", "and 26 more+26"]);
  });

  it("is not said of another project, nor while the connection is lost", async () => {
    const world = await opened(ANNA);
    told(world, 2, ["anna", "bob"], "r2");
    expect(seen()).toBeNull();
    told(world, 2, ["anna", "bob"]);
    expect(seen()).not.toBeNull();
    act(() => world.socket.drop());
    expect(seen()).toBeNull();
  });

  it("is not asked for where nobody has a name", async () => {
    const world = await opened(null);
    expect(JSON.stringify(world.socket.sent)).not.toContain("watchers:");
  });
});
