import { act, fireEvent, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { TeamDetail } from "@/lib/teams";
import { renderLive } from "@/test/render-live";
import { TeamEditor } from "./team-editor";
import { RESTS_MS } from "./use-verdict";

function step(name: string, needs: readonly string[] = []) {
  return {
    step: name.toLowerCase(),
    agent_name: name,
    title: `${name}'s part`,
    role: "",
    needs,
    phases: ["work"],
    agent: "llm" as const,
    model: null,
    models: [],
    fallback: false,
    tools: [],
    servers: [],
    artifacts: [],
    attempts: 2,
    approval: null,
  };
}

const TEAM = {
  name: "mine",
  title: "My team",
  description: "",
  own: true,
  programs: false,
  stand_ins: [],
  steps: [step("Writer"), step("Editor", ["writer"])],
};
const DETAIL: TeamDetail = { team: TEAM, yaml: "name: mine\nsteps: []\n", instructions: {}, version: "v1" };
const VALID = { team: { ...TEAM, steps: [...TEAM.steps, step("Reader", ["editor"])] }, faults: [] };
const CHANGED = {
  code: "team_changed",
  message: "Somebody changed this team meanwhile.",
  action: "Load it.",
};

interface Asked {
  readonly path: string;
  readonly method: string;
  readonly body: string;
  readonly match: string | undefined;
  readonly signal: AbortSignal | undefined;
}

let asked: Asked[] = [];
let answers: Readonly<Record<string, () => Response | Promise<Response>>> = {};

function json(body: object, status = 200): Response {
  return new Response(JSON.stringify(body), { status });
}

function checks(): Asked[] {
  return asked.filter(({ path }) => path.endsWith("/validate"));
}

function box(): HTMLTextAreaElement {
  return screen.getByRole("textbox", { name: "mine.yaml" });
}

async function rest() {
  await act(() => vi.advanceTimersByTimeAsync(RESTS_MS));
}

beforeEach(() => {
  vi.useFakeTimers({ shouldAdvanceTime: true });
  asked = [];
  answers = { "POST /api/teams/validate": () => json(VALID) };
  vi.stubGlobal("fetch", (path: string, how: RequestInit = {}) => {
    const method = how.method ?? "GET";
    const headers = new Headers(how.headers);
    asked.push({
      path,
      method,
      body: String(how.body ?? ""),
      match: headers.get("if-match") ?? undefined,
      signal: how.signal ?? undefined,
    });
    const answer = answers[`${method} ${path}`];
    return Promise.resolve(answer?.() ?? json({ version: "1", model: "openai-chat:x", demo: false }));
  });
});

afterEach(() => vi.useRealTimers());

const ADMIN = { name: "ada", role: "admin" } as const;

describe("the page of a team", () => {
  it("lists the steps with what each waits for, for those who cannot see the picture", async () => {
    await renderLive(<TeamEditor detail={DETAIL} />, "/", ADMIN);
    const [writer, editor] = screen.getAllByRole("listitem");
    expect(writer?.textContent).toContain("begins at once");
    expect(editor?.textContent).toContain("after Writer");
  });

  it("asks about a text once typing rests, and drops the question when it goes on", async () => {
    let answer = (_: Response) => {};
    answers = {
      "POST /api/teams/validate": () =>
        new Promise<Response>((resolve) => {
          answer = resolve;
        }),
    };
    await renderLive(<TeamEditor detail={DETAIL} />, "/", ADMIN);
    expect(checks()).toHaveLength(0);
    fireEvent.change(box(), { target: { value: "name: a" } });
    fireEvent.change(box(), { target: { value: "name: ab" } });
    await rest();
    expect(checks().map(({ body }) => JSON.parse(body).yaml)).toEqual(["name: ab"]);
    fireEvent.change(box(), { target: { value: "name: abc" } });
    expect(checks()[0]?.signal?.aborted).toBe(true);
    await rest();
    await act(async () => answer(json(VALID)));
    expect(screen.getByRole("status").textContent).toContain("No mistakes");
    expect(screen.getAllByRole("listitem")).toHaveLength(3);
  });

  it("tells each fault with its line, leads to it, and keeps the last picture meanwhile", async () => {
    const faults = [{ line: 2, column: 8, reason: "from 1 to 20 entries may stand here, not 0" }];
    answers = { "POST /api/teams/validate": () => json({ team: null, faults }) };
    await renderLive(<TeamEditor detail={DETAIL} />, "/", ADMIN);
    fireEvent.change(box(), { target: { value: "name: mine\nsteps: []\n# more" } });
    await rest();
    const fault = await screen.findByRole("button", { name: /^Line 2: from 1 to 20 entries/ });
    expect(screen.getByRole("button", { name: "Save" })).toHaveProperty("disabled", true);
    expect(screen.getByText("As of the last text without a mistake")).toBeTruthy();
    fireEvent.click(fault);
    await waitFor(() => expect(document.activeElement).toBe(box()));
    expect(box().value.slice(box().selectionStart, box().selectionEnd)).toBe("steps: []");
  });

  it("saves the version that it began with, and says so when somebody was faster", async () => {
    answers = { ...answers, "PUT /api/teams/mine": () => json(CHANGED, 412) };
    await renderLive(<TeamEditor detail={DETAIL} />, "/", ADMIN);
    fireEvent.change(box(), { target: { value: "name: mine\nsteps: [] # new" } });
    await rest();
    await userEvent.click(screen.getByRole("button", { name: "Save" }));
    expect(asked.find(({ method }) => method === "PUT")?.match).toBe('"v1"');
    expect((await screen.findByRole("alert")).textContent).toContain("Somebody changed this team meanwhile.");
    expect(box().value).toContain("# new");
    await userEvent.click(screen.getByRole("button", { name: "Load it again and drop my changes" }));
    expect(box().value).toBe(DETAIL.yaml);
  });

  it("keeps what was typed where the server is away", async () => {
    answers = { "POST /api/teams/validate": () => Promise.reject(new TypeError("no server")) };
    await renderLive(<TeamEditor detail={DETAIL} />, "/", ADMIN);
    fireEvent.change(box(), { target: { value: "name: mine # kept" } });
    await rest();
    expect(screen.getByRole("alert").textContent).toContain("The server cannot be reached.");
    expect(box().value).toBe("name: mine # kept");
  });

  it("asks before unsaved changes are left", async () => {
    const { router } = await renderLive(<TeamEditor detail={DETAIL} />, "/", ADMIN);
    fireEvent.change(box(), { target: { value: "name: mine # typed" } });
    act(() => void router.navigate({ to: "/projects" }));
    await screen.findByRole("alertdialog", { name: "Leave without saving?" });
    await userEvent.click(screen.getByRole("button", { name: "Stay" }));
    expect(router.state.location.pathname).toBe("/");
    act(() => void router.navigate({ to: "/projects" }));
    await userEvent.click(await screen.findByRole("button", { name: "Leave" }));
    await waitFor(() => expect(router.state.location.pathname).toBe("/projects"));
  });

  it("says what a try uses before it starts, and takes the saved team alone", async () => {
    const { world, connect } = await renderLive(<TeamEditor detail={DETAIL} />, "/", ADMIN);
    connect();
    expect(screen.getByText(/No AI service is called/)).toBeTruthy();
    await userEvent.selectOptions(await screen.findByRole("combobox", { name: "With" }), "model");
    expect(screen.getByText(/The agents call openai-chat:x/)).toBeTruthy();
    await userEvent.selectOptions(screen.getByRole("combobox", { name: "With" }), "demo");
    await userEvent.click(screen.getByRole("button", { name: "Start a project" }));
    expect(world.socket.of("command")[0]).toMatchObject({
      name: "start_run",
      args: { team: "mine", options: { model: "demo" } },
    });
    fireEvent.change(box(), { target: { value: "name: mine # typed" } });
    expect(screen.getByText(/Save the team first/)).toBeTruthy();
    expect(screen.getByRole("button", { name: /Start/ })).toHaveProperty("disabled", true);
  });

  it("is there to read for members and viewers, and a team that ships for everybody", async () => {
    const { unmount } = await renderLive(<TeamEditor detail={DETAIL} />, "/", {
      name: "bob",
      role: "member",
    });
    expect(box().readOnly).toBe(true);
    expect(screen.getByText("Admins can change teams here.")).toBeTruthy();
    expect(screen.queryByRole("button", { name: "Delete" })).toBeNull();
    unmount();
    await renderLive(<TeamEditor detail={{ ...DETAIL, team: { ...TEAM, own: false } }} />, "/", ADMIN);
    expect(box().readOnly).toBe(true);
    expect(screen.getByText(/ships with BotArmy and stays as it is/)).toBeTruthy();
    expect(screen.queryByRole("button", { name: "Save" })).toBeNull();
  });

  it("says why there is no text where it names programs", async () => {
    const hidden = { ...DETAIL, team: { ...TEAM, programs: true }, yaml: null };
    await renderLive(<TeamEditor detail={hidden} />, "/", { name: "eve", role: "viewer" });
    expect(screen.getByText(/names programs of the server/)).toBeTruthy();
    expect(screen.queryByRole("textbox", { name: "mine.yaml" })).toBeNull();
    expect(screen.queryByRole("region", { name: "Try it" })).toBeNull();
  });
});
