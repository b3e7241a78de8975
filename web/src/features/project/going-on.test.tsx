import { act, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { evolve } from "@/lib/reduce";
import type { RunView } from "@/lib/views";
import { readEvent } from "@/lib/wire";
import { welcomeFrame } from "@/test/fake-world";
import { renderLive } from "@/test/render-live";
import { CREATED, rawEvent } from "@/test/sample";
import { preloadParts } from "./parts";
import { ProjectPage } from "./project-page";

const OVER = { status: "completed", outcome: "succeeded" };
const MENU = { name: "What to do with Analyst's step" };

function analyst(position: number, status: string): object {
  const metadata = { step: "analyst", status, attempt: 1 };
  return rawEvent(position, "agent_status", metadata, { agent_name: "Analyst" });
}

async function opened(created: object, ...events: readonly object[]) {
  const page = await renderLive(<ProjectPage />, "/projects/r1");
  const all = [
    rawEvent(1, "run_status", { ...CREATED, ...created }),
    rawEvent(2, "run_status", { status: "running" }),
    ...events,
  ];
  const view = all.map((event) => readEvent(event)).reduce<RunView | null>(evolve, null);
  const { socket } = page.world;
  act(() => {
    socket.accept();
    socket.say(welcomeFrame({ position: all.length, topics: ["run:r1"] }));
    socket.say({ type: "snapshot", topic: "run:r1", position: all.length, data: view });
  });
  const reply = async (more: object) => {
    const command = socket.of("command").at(-1);
    await act(async () => socket.say({ type: "reply", id: command?.id, position: 9, ...more }));
  };
  return { ...page, socket, reply };
}

beforeAll(preloadParts);

beforeEach(() => {
  vi.stubGlobal("fetch", () =>
    Promise.resolve(new Response(JSON.stringify({ version: "1", model: "demo" }))),
  );
});

describe("a project that has ended", () => {
  it("takes a follow-up in place of a note, and goes to the new project", async () => {
    const { socket, reply, router } = await opened({}, rawEvent(3, "run_status", OVER));
    expect(screen.queryByRole("textbox", { name: "Note to the team" })).toBeNull();
    await userEvent.type(screen.getByRole("textbox", { name: "Follow up" }), "Now add dark mode{Enter}");
    expect(socket.of("command")[0]).toMatchObject({
      name: "follow_up_run",
      args: { run_id: "r1", brief: "Now add dark mode" },
    });
    await reply({ ok: true, result: { run_id: "r2" } });
    await vi.waitFor(() => expect(router.state.location.pathname).toBe("/projects/r2"));
  });

  it("keeps what was typed where it is refused", async () => {
    const { reply } = await opened({}, rawEvent(3, "run_status", OVER));
    const box = screen.getByRole<HTMLTextAreaElement>("textbox", { name: "Follow up" });
    await userEvent.type(box, "More{Enter}");
    const error = { code: "busy", message: "Busy.", action: "", retryable: true, reference: null };
    await reply({ ok: false, error });
    expect(box.value).toBe("More");
  });
});

describe("a project of another server", () => {
  it("says who brought it here, when, and whose it was", async () => {
    const imported = { by: "anna", at: "2026-11-20T09:41:05.020Z", owner: "ravi", sha256: "b" };
    await opened({ imported });
    const brief = screen.getByRole("region", { name: "Brief" });
    const words = "Imported by anna from another server, where it was ravi’s, on 20 Nov 2026";
    expect(brief.textContent).toContain(words);
  });
});

describe("a step's menu", () => {
  it("runs again from a step in a new project", async () => {
    const { socket, reply, router } = await opened({}, analyst(3, "started"), analyst(4, "completed"));
    await userEvent.click(screen.getByRole("button", MENU));
    expect(screen.queryByRole("menuitem", { name: "Skip the step" })).toBeNull();
    await userEvent.click(screen.getByRole("menuitem", { name: "Run again from here" }));
    expect(socket.of("command")[0]).toMatchObject({
      name: "fork_run",
      args: { run_id: "r1", step: "analyst" },
    });
    await reply({ ok: true, result: { run_id: "r2" } });
    await vi.waitFor(() => expect(router.state.location.pathname).toBe("/projects/r2"));
  });

  it("offers only what can be done", async () => {
    await opened({});
    await userEvent.click(screen.getByRole("button", MENU));
    expect(screen.getAllByRole("menuitem").map((item) => item.textContent)).toEqual(["Skip the step"]);
  });
});

describe("a project that goes on from another one", () => {
  it("names the one that a follow-up follows", async () => {
    const before = { run_id: "r0", title: "Tips", brief: "A tip calculator", built: "" };
    await opened({ forked_from: "r0", before: [before] });
    expect(screen.getByRole("link", { name: "Tips" }).getAttribute("href")).toBe("/projects/r0");
  });

  it("links to the run that it runs again", async () => {
    await opened({ forked_from: "r0" });
    expect(screen.getByRole("link", { name: "an earlier run" }).getAttribute("href")).toBe("/projects/r0");
  });
});
