import { act, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { evolve } from "@/lib/reduce";
import type { RunView } from "@/lib/views";
import { readEvent } from "@/lib/wire";
import { welcomeFrame } from "@/test/fake-world";
import { renderLive } from "@/test/render-live";
import { CREATED, rawEvent } from "@/test/sample";
import { ProjectPage } from "./project-page";

const EVENTS = [
  rawEvent(1, "run_status", CREATED),
  rawEvent(2, "run_status", { status: "running" }),
  rawEvent(3, "agent_status", { step: "analyst", status: "thinking", attempt: 1 }, { agent_name: "Analyst" }),
];

async function opened() {
  const { world } = await renderLive(<ProjectPage />, "/projects/r1");
  const view = EVENTS.map((event) => readEvent(event)).reduce<RunView | null>(evolve, null);
  act(() => {
    world.socket.accept();
    world.socket.say(welcomeFrame({ position: 3, topics: ["run:r1"] }));
    world.socket.say({ type: "snapshot", topic: "run:r1", position: 3, data: view });
  });
  let position = 3;
  const happen = (one: object) =>
    act(() => {
      world.socket.say({ type: "events", from: position, to: position + 1, events: [one] });
      position += 1;
    });
  return { world, happen, note: screen.getByRole("textbox", { name: "Note to the team" }) };
}

beforeEach(() => {
  vi.stubGlobal("fetch", () =>
    Promise.resolve(new Response(JSON.stringify({ version: "1", model: "demo" }))),
  );
});

describe("the note box", () => {
  it("tells one agent what is for one agent, and goes back to the whole team", async () => {
    const { world, note } = await opened();
    const whom: HTMLSelectElement = screen.getByRole("combobox", { name: "Whom to tell" });
    await userEvent.selectOptions(whom, "Analyst");
    await userEvent.type(note, "Use euros{Enter}");
    const [command] = world.socket.of("command");
    expect(command?.args).toEqual({ run_id: "r1", content: "Use euros", step: "analyst" });
    await act(async () => world.socket.say({ type: "reply", id: command?.id, ok: true, result: {} }));
    expect(whom.value).toBe("");
  });

  it("takes a name at the beginning for whom it is", async () => {
    const { world, note } = await opened();
    await userEvent.type(note, "@analyst, use euros{Enter}");
    expect(world.socket.of("command")[0]?.args).toEqual({
      run_id: "r1",
      content: "use euros",
      step: "analyst",
    });
  });
});

describe("a note in the conversation", () => {
  it("says that it will be heard, and then by whom and after how long", async () => {
    const { happen } = await opened();
    const by = { by: "local", step: null };
    happen(rawEvent(4, "note", by, { id: "n1", content: "Euros", timestamp: "2026-11-20T09:31:00.000Z" }));
    expect(screen.getByText(/The team hears it at its next step/)).toBeTruthy();
    const taken = { ...by, note_id: "n1", taken_up_by: "analyst" };
    happen(rawEvent(5, "note", taken, { timestamp: "2026-11-20T09:31:42.000Z" }));
    expect(screen.getByText(/Analyst has taken this up · 0:42/)).toBeTruthy();
    expect(screen.queryByText("The team hears it at its next step")).toBeNull();
    expect(screen.getAllByRole("complementary", { name: "Note" })).toHaveLength(1);
  });
});
