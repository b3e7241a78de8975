import { act, screen } from "@testing-library/react";
import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { evolve } from "@/lib/reduce";
import type { Person } from "@/lib/session";
import type { RunView } from "@/lib/views";
import { readEvent } from "@/lib/wire";
import { welcomeFrame } from "@/test/fake-world";
import { renderLive } from "@/test/render-live";
import { CREATED, rawEvent } from "@/test/sample";
import { preloadParts } from "./parts";
import { ProjectPage } from "./project-page";

const VIEWER: Person = { name: "wall", role: "viewer" };
const MEMBER: Person = { name: "anna", role: "member" };
const QUESTION = {
  request_id: "q1",
  kind: "question",
  status: "open",
  step: "analyst",
  prompt: "Which currency?",
  options: ["Euro", "Dollar"],
  subject: "hash",
};
const EVENTS = [
  rawEvent(1, "run_status", CREATED),
  rawEvent(2, "run_status", { status: "running" }),
  rawEvent(3, "agent_status", { step: "analyst", status: "waiting", attempt: 1 }, { agent_name: "Analyst" }),
  rawEvent(4, "request", QUESTION),
];

async function opened(who: Person) {
  const { world } = await renderLive(<ProjectPage />, "/projects/r1", who);
  const view = EVENTS.map((event) => readEvent(event)).reduce<RunView | null>(evolve, null);
  act(() => {
    world.socket.accept();
    world.socket.say(welcomeFrame({ position: 4, topics: ["run:r1"] }));
    world.socket.say({ type: "snapshot", topic: "run:r1", position: 4, data: view });
  });
}

function buttons(): readonly string[] {
  return screen
    .getAllByRole("button")
    .map((button) => button.getAttribute("aria-label") ?? button.textContent ?? "");
}

beforeAll(preloadParts);

beforeEach(() => {
  vi.stubGlobal("fetch", () =>
    Promise.resolve(new Response(JSON.stringify({ version: "1", model: "demo" }))),
  );
});

describe("a project before a viewer", () => {
  it("can be read, and not steered, and says why", async () => {
    await opened(VIEWER);
    expect(screen.getByText("Which currency?")).toBeTruthy();
    expect(screen.getByText("Watching only")).toBeTruthy();
    expect(screen.getByText(/Whoever started the project, or an admin, answers this/)).toBeTruthy();
    expect(screen.getByText("Waiting for an answer")).toBeTruthy();
    expect(screen.getByRole("textbox", { name: "Note to the team" })).toHaveProperty("disabled", true);
    for (const name of ["Pause", "Cancel", "Delete the project", "Euro", "Answer"]) {
      expect(buttons()).not.toContain(name);
    }
  });

  it("is steered by a member", async () => {
    await opened(MEMBER);
    expect(screen.queryByText("Watching only")).toBeNull();
    expect(buttons()).toEqual(expect.arrayContaining(["Delete the project", "Euro", "Answer"]));
    expect(screen.getByRole("textbox", { name: "Note to the team" })).toHaveProperty("disabled", false);
  });
});
