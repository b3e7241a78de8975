import { act, fireEvent, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { renderLive } from "@/test/render-live";
import { HomePage } from "./home-page";

const TEAM = {
  name: "software",
  title: "Software team",
  description: "",
  steps: [{ step: "analyst", agent_name: "Analyst", title: "Requirements", role: "", needs: [] }],
};
let teams = [TEAM];

function answer(value: unknown): Promise<Response> {
  return Promise.resolve(new Response(JSON.stringify(value)));
}

beforeEach(() => {
  teams = [TEAM];
  localStorage.clear();
  vi.stubGlobal("fetch", (path: string) =>
    path === "/api/teams" ? answer({ teams }) : answer({ version: "1", model: "demo", demo: true }),
  );
});

function box(): HTMLTextAreaElement {
  return screen.getByRole("textbox", { name: "Project brief" });
}

describe("the home page", () => {
  it("starts a project with Enter and goes to it", async () => {
    const { world, connect, router } = await renderLive(<HomePage />);
    connect();
    await userEvent.type(box(), "A timer{Enter}");
    const [command] = world.socket.of("command");
    expect(command).toMatchObject({ name: "start_run", args: { brief: "A timer" } });
    await act(async () =>
      world.socket.say({ type: "reply", id: command?.id, ok: true, result: { run_id: "r1" }, position: 3 }),
    );
    await waitFor(() => expect(router.state.location.pathname).toBe("/projects/r1"));
    expect(localStorage.getItem("botarmy.draft")).toBeNull();
  });

  it("makes a new line with Shift and Enter", async () => {
    const { world, connect } = await renderLive(<HomePage />);
    connect();
    await userEvent.type(box(), "one{Shift>}{Enter}{/Shift}two");
    expect(box().value).toBe("one\ntwo");
    expect(world.socket.of("command")).toEqual([]);
  });

  it("is disabled while disconnected, and keeps its text", async () => {
    const { world, connect } = await renderLive(<HomePage />);
    expect(box().disabled).toBe(true);
    connect();
    await userEvent.type(box(), "A timer");
    act(() => world.socket.drop());
    expect(box().disabled).toBe(true);
    expect(box().value).toBe("A timer");
    expect(localStorage.getItem("botarmy.draft")).toBe("A timer");
  });

  it("starts nothing from an empty brief", async () => {
    const { world, connect } = await renderLive(<HomePage />);
    connect();
    await userEvent.type(box(), "   {Enter}");
    expect(world.socket.of("command")).toEqual([]);
    expect(screen.getByRole("button", { name: "Start" })).toHaveProperty("disabled", true);
  });

  it("says when the brief is too long, counted in bytes, and does not start it", async () => {
    const { world, connect } = await renderLive(<HomePage />);
    connect();
    fireEvent.change(box(), { target: { value: "ü".repeat(16 * 1024 + 1) } });
    expect(screen.getByRole("alert").textContent).toContain("too long");
    await userEvent.type(box(), "{Enter}");
    expect(world.socket.of("command")).toEqual([]);
    fireEvent.change(box(), { target: { value: "ü".repeat(16 * 1024) } });
    expect(screen.queryByRole("alert")).toBeNull();
  });

  it("shows a refusal in words and keeps the brief", async () => {
    const { world, connect } = await renderLive(<HomePage />);
    connect();
    await userEvent.type(box(), "A timer{Enter}");
    const error = {
      code: "unknown_team",
      message: "There is no such team.",
      action: "Choose one.",
      retryable: false,
    };
    await act(async () =>
      world.socket.say({ type: "reply", id: world.socket.of("command")[0]?.id, ok: false, error }),
    );
    expect(screen.getByRole("alert").textContent).toContain("There is no such team.");
    expect(box().value).toBe("A timer");
  });

  it("starts once, however fast Enter is pressed", async () => {
    const { world, connect } = await renderLive(<HomePage />);
    connect();
    await userEvent.type(box(), "A timer{Enter}{Enter}{Enter}");
    expect(world.socket.of("command")).toHaveLength(1);
  });

  it("starts an example at once", async () => {
    const { world, connect } = await renderLive(<HomePage />);
    connect();
    await userEvent.click(screen.getByRole("button", { name: /Reading list/ }));
    expect(world.socket.of("command")[0]?.args).toMatchObject({
      brief: expect.stringContaining("reading list"),
    });
  });

  it("offers a choice of teams only where there is one", async () => {
    teams = [TEAM, { ...TEAM, name: "other", title: "Other team" }];
    const { world, connect } = await renderLive(<HomePage />);
    connect();
    await userEvent.selectOptions(await screen.findByRole("combobox", { name: "Team" }), "Other team");
    await userEvent.type(box(), "A timer{Enter}");
    expect(world.socket.of("command")[0]?.args).toMatchObject({ team: "other" });
  });

  it("labels the offline demo", async () => {
    await renderLive(<HomePage />);
    expect(await screen.findByText(/Offline demo/)).toBeTruthy();
    expect(screen.queryByRole("combobox", { name: "Team" })).toBeNull();
  });

  it("offers a viewer the projects to watch, and no way to start one", async () => {
    const { connect } = await renderLive(<HomePage />, "/", { name: "wall", role: "viewer" });
    connect();
    expect(screen.getByRole("heading", { name: "Watch the teams at work" })).toBeTruthy();
    expect(screen.getByText(/ask an admin for a member's token/)).toBeTruthy();
    expect(screen.queryByRole("textbox")).toBeNull();
    expect(screen.queryByRole("button")).toBeNull();
    expect(screen.getByRole("heading", { name: "Recent projects" })).toBeTruthy();
  });
});
