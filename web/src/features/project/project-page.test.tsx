import { act, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { evolve } from "@/lib/reduce";
import type { RunView } from "@/lib/views";
import { type Event, readEvent } from "@/lib/wire";
import { welcomeFrame } from "@/test/fake-world";
import { renderLive } from "@/test/render-live";
import { CREATED, rawEvent, timeAt } from "@/test/sample";
import { preloadParts } from "./parts";
import { ProjectPage } from "./project-page";

const START = [rawEvent(1, "run_status", CREATED), rawEvent(2, "run_status", { status: "running" })];

function viewOf(events: readonly object[]): RunView | null {
  return events.map((one): Event => readEvent(one)).reduce<RunView | null>(evolve, null);
}

function status(position: number, step: string, word: string, more: object = {}): object {
  const agent_name = step[0]?.toUpperCase() + step.slice(1);
  return rawEvent(position, "agent_status", { step, status: word, attempt: 1, ...more }, { agent_name });
}

function delta(position: number, offset: number, content: string): object {
  const metadata = { step: "analyst", phase: "work", attempt: 1, message_id: "m1", channel: "text", offset };
  return rawEvent(position, "agent_delta", metadata, { version: null, content });
}

function response(position: number, finish: string, more: object = {}): object {
  const metadata = {
    step: "analyst",
    phase: "work",
    attempt: 1,
    message_id: "m1",
    started_at: timeAt(3),
    thinking: "",
    finish,
    model: null,
    usage: null,
    ...more,
  };
  return rawEvent(position, "agent_response", metadata, { content: "So far" });
}

function call(position: number, word: string, summary = "Writing app.js"): object {
  const metadata = { step: "analyst", call_id: "c1", name: "write_file", status: word, summary };
  return rawEvent(position, "tool_call", metadata);
}

function runIs(position: number, word: string, outcome: string | null = null): object {
  return rawEvent(position, "run_status", { status: word, outcome });
}

/** The page of run r1 after `events`, and a way to let more happen. */
async function opened(...events: readonly object[]) {
  const page = await renderLive(<ProjectPage />, "/projects/r1");
  const all = [...START, ...events];
  let position = all.length;
  const { socket } = page.world;
  act(() => {
    socket.accept();
    socket.say(welcomeFrame({ position, topics: ["run:r1"] }));
    socket.say({ type: "snapshot", topic: "run:r1", position, data: viewOf(all) });
  });
  const happen = (...more: readonly object[]) =>
    act(() => {
      socket.say({ type: "events", from: position, to: position + more.length, events: more });
      position += more.length;
    });
  return { ...page, socket, happen };
}

function card(name: string): HTMLElement {
  return within(screen.getByRole("complementary", { name: "Team" })).getByRole("button", {
    name: new RegExp(`^${name}`),
  });
}

beforeAll(preloadParts);

beforeEach(() => {
  vi.stubGlobal("fetch", () => Promise.resolve(new Response('{"version":"1","model":"x","demo":false}')));
  vi.stubGlobal("matchMedia", () => ({ matches: true, addEventListener() {}, removeEventListener() {} }));
});

describe("the project page", () => {
  it("says that the others go on without an agent that failed", async () => {
    const { happen } = await opened(
      status(3, "analyst", "started"),
      rawEvent(4, "error", {
        code: "model_failed",
        severity: "error",
        retryable: false,
        action: "Retry the step.",
        reference: null,
        step: "analyst",
      }),
      status(5, "analyst", "error"),
    );
    const sentence = /Agent Analyst encountered an issue\. Continuing with workflow\.\.\./;
    expect(screen.queryByText(sentence)).toBeNull();
    happen(status(6, "architect", "started"));
    expect(screen.getByText(sentence)).not.toBeNull();
  });

  it("shows a card for each agent that follows its state", async () => {
    const { happen } = await opened();
    expect(card("Analyst").textContent).toContain("Pending");
    happen(status(3, "analyst", "queued"));
    expect(card("Analyst").textContent).toContain("Queued");
    happen(status(4, "analyst", "started", { task: "Reading the brief", progress: 0.4 }));
    expect(card("Analyst").textContent).toContain("Reading the brief");
    expect(within(card("Analyst")).getByRole("progressbar").getAttribute("aria-valuenow")).toBe("40");
    happen(status(5, "analyst", "thinking"));
    expect(card("Analyst").textContent).toContain("Thinking");
    happen(status(6, "analyst", "completed"));
    expect(card("Analyst").textContent).toContain("Completed");
    expect(card("Architect").textContent).toContain("Pending");
  });

  it("shows the dots only while an agent is at work", async () => {
    const { happen } = await opened();
    expect(screen.queryAllByTestId("dots")).toEqual([]);
    happen(status(3, "analyst", "started"));
    expect(within(card("Analyst")).getAllByTestId("dots")).toHaveLength(1);
    happen(status(4, "analyst", "waiting"));
    expect(screen.queryAllByTestId("dots")).toEqual([]);
  });

  it("writes the text as it streams", async () => {
    const { happen } = await opened(status(3, "analyst", "started"), delta(4, 0, "The **calc"));
    expect(screen.getByRole("article").textContent).toContain("The **calc");
    happen(delta(5, 10, "ulator** splits"));
    expect(screen.getByText("calculator").tagName).toBe("STRONG");
  });

  it("reads what a long run said earlier, keeps nothing out in between, and says where it cannot", async () => {
    const saying = (position: number, at = position) =>
      response(position, "complete", { message_id: `m${at}`, started_at: timeAt(at) });
    const numbers = Array.from({ length: 200 }, (_, at) => at + START.length + 1);
    const older = viewOf([...START, ...numbers.map((at) => saying(at, at - 300))])?.steps[0]?.messages ?? [];
    const { happen, live } = await opened(...numbers.map((at) => saying(at)));
    expect(document.querySelectorAll("article")).toHaveLength(200);
    vi.stubGlobal("fetch", () => Promise.reject(new TypeError("no")));
    await userEvent.click(screen.getByText("Earlier messages"));
    expect((await screen.findByText("The server cannot be reached.")).isConnected).toBe(true);
    const asked: string[] = [];
    vi.stubGlobal("fetch", (url: string) => {
      asked.push(url);
      const messages = older.slice(asked.length === 1 ? 0 : 200).map((one) => ({ ...one, step: "analyst" }));
      return Promise.resolve(Response.json({ messages }));
    });
    await userEvent.click(screen.getByText("Earlier messages"));
    await vi.waitFor(() => expect(document.querySelectorAll("article")).toHaveLength(400), 10_000);
    expect(asked).toEqual(["/api/runs/r1/messages?before=m3&limit=200"]);
    expect(screen.queryByText("The server cannot be reached.")).toBeNull();
    happen(saying(203));
    expect(live.store.getState().views.r1?.steps[0]?.messages[0]?.message_id).toBe("m4");
    expect(document.querySelectorAll("article")).toHaveLength(401);
    await userEvent.click(screen.getByText("Earlier messages"));
    await vi.waitFor(() => expect(screen.queryByText("Earlier messages")).toBeNull(), 10_000);
    expect(asked[1]).toBe("/api/runs/r1/messages?before=m-297&limit=200");
  }, 30_000);

  it("shows an error in words, with its action, its reference and a way to retry", async () => {
    const error = {
      code: "model_timeout",
      severity: "error",
      retryable: true,
      action: "Look at the network.",
      reference: "r-1",
      step: "analyst",
    };
    const { socket } = await opened(
      rawEvent(3, "error", error, { content: "The AI service took too long to answer." }),
      status(4, "analyst", "error"),
    );
    const alert = screen.getByRole("alert");
    expect(alert.textContent).toContain("The AI service took too long to answer.");
    expect(alert.textContent).toContain("Look at the network.");
    expect(alert.textContent).toContain("r-1");
    expect(alert.textContent).not.toContain("model_timeout");
    await userEvent.click(within(alert).getByRole("button", { name: "Retry the step" }));
    expect(socket.of("command")[0]).toMatchObject({
      name: "retry_step",
      args: { run_id: "r1", step: "analyst" },
    });
  });

  it("says where a prepared message stands for the work, and offers to do it again after the end", async () => {
    const { socket } = await opened(
      status(3, "analyst", "started"),
      response(4, "fallback"),
      status(5, "analyst", "completed"),
      runIs(6, "completed", "partial"),
    );
    expect(card("Analyst").textContent).toContain("Fallback");
    expect(card("Analyst").textContent).toContain("Answered with a prepared message");
    expect(screen.getByRole("status", { name: "Status" }).textContent).toBe("Completed with parts missing");
    await userEvent.click(screen.getByRole("button", { name: "Retry the step" }));
    expect(socket.of("command")[0]).toMatchObject({ name: "retry_step", args: { step: "analyst" } });
  });

  it("counts only the steps that were done or skipped", async () => {
    await opened(
      status(3, "analyst", "completed"),
      status(4, "architect", "skipped"),
      status(5, "developer", "error"),
      status(6, "tester", "cancelled"),
      runIs(7, "cancelled"),
    );
    expect(screen.getByText("2 of 5")).toBeTruthy();
  });

  it("stops the clocks at the pause, and leaves them there when a note comes", async () => {
    const { happen } = await opened(
      status(3, "analyst", "started"),
      delta(4, 0, "So far"),
      response(30, "interrupted"),
      runIs(30, "paused"),
      status(30, "analyst", "queued"),
    );
    expect(card("Analyst").textContent).toContain("0:27");
    expect(card("Analyst").textContent).toContain("Held until you resume");
    expect(screen.getByText("0:29")).toBeTruthy();
    happen(rawEvent(50, "note", { by: "local" }, { content: "Use euros" }));
    expect(card("Analyst").textContent).toContain("0:27");
    expect(screen.getByText("0:29")).toBeTruthy();
  });

  it("says of an interrupted message what becomes of it", async () => {
    const { happen } = await opened(status(3, "analyst", "started"), response(4, "interrupted"));
    expect(screen.getByText("Interrupted here. This part is done again.")).toBeTruthy();
    happen(runIs(5, "paused"));
    expect(
      screen.getByText("Interrupted by the pause. This part is done again when you resume."),
    ).toBeTruthy();
    happen(runIs(6, "cancelled"), status(7, "analyst", "cancelled"));
    expect(screen.getByText("Interrupted here.")).toBeTruthy();
  });

  it("does not say that a file is being written once that broke off", async () => {
    const { happen } = await opened(status(3, "analyst", "started"), call(4, "started"));
    expect(screen.getByText("Writing app.js")).toBeTruthy();
    happen(status(5, "analyst", "cancelled"));
    expect(screen.getByText("Did not finish writing app.js")).toBeTruthy();
    happen(call(6, "error"));
    expect(screen.getByText("Could not write app.js")).toBeTruthy();
  });

  it("counts down to the next attempt on the card and at the end of the conversation", async () => {
    const retry_at = "2999-01-01T00:00:00.000Z";
    const task = "Waiting for the AI service";
    await opened(status(3, "analyst", "waiting", { task, retry_at }));
    expect(card("Analyst").textContent).toMatch(/Waiting for the AI service\d+:\d\d/);
    const live = within(screen.getByRole("region", { name: "Conversation" }));
    expect(live.getByText(/Waiting for the AI service/).parentElement?.textContent).toMatch(/\d+:\d\d$/);
  });

  it("says that an agent tries again, and when, below what went wrong", async () => {
    const task = "AI service is busy. Retrying in a moment...";
    const retry = { task, call_attempt: 2 };
    const { happen } = await opened(
      status(3, "analyst", "retrying", { ...retry, retry_at: "2999-01-01T00:00:00.000Z" }),
    );
    expect(card("Analyst").textContent).toMatch(/Trying again.*AI service is busy.*\d+:\d\d/);
    const live = within(screen.getByRole("region", { name: "Conversation" }));
    expect(live.getByText(/tries again in/).parentElement?.textContent).toMatch(
      /^Analyst tries again in[\d:]+$/,
    );
    happen(status(4, "analyst", "retrying", { ...retry, retry_at: "2001-01-01T00:00:00.000Z" }));
    expect(live.getByText(/tries again/).parentElement?.textContent).toBe("Analyst tries againnow");
  });

  it("answers a request in place, with the hash of what was shown", async () => {
    const request = {
      request_id: "q1",
      kind: "approval",
      status: "open",
      step: "analyst",
      prompt: "Go on?",
      subject: "hash",
    };
    const { socket, happen } = await opened(status(3, "analyst", "waiting"), rawEvent(4, "request", request));
    expect(screen.getByRole("status", { name: "Status" }).textContent).toBe("Waiting for you");
    await userEvent.click(screen.getByRole("button", { name: "Approve" }));
    expect(socket.of("command")[0]).toMatchObject({
      name: "answer_request",
      args: { run_id: "r1", request_id: "q1", decision: "approve", subject: "hash" },
    });
    happen(rawEvent(5, "request", { ...request, status: "answered", decision: "approve", by: "local" }));
    expect(screen.queryByRole("button", { name: "Approve" })).toBeNull();
    expect(screen.getByText("Approved")).toBeTruthy();
  });

  const BUDGET = {
    request_id: "b1",
    kind: "budget",
    status: "open",
    step: "analyst",
    prompt: "This project’s budget is used up: $0.52 of $0.50 are spent. Analyst waits until you decide.",
    options: ["Raise the budget", "Go on with openai:small", "Stop"],
    subject: "hash",
    budget: {
      scope: "run",
      limit_usd: 0.5,
      spent_usd: 0.52,
      suggested_usd: 1,
      model: "openai:small",
      day: null,
      raised_to_usd: null,
    },
  };

  it("raises a used-up budget to the amount that is typed, and to no amount that is too small", async () => {
    const { socket, happen } = await opened(status(3, "analyst", "waiting"), rawEvent(4, "request", BUDGET));
    const field = screen.getByRole("textbox", { name: "New limit in US dollars" }) as HTMLInputElement;
    expect(field.value).toBe("1");
    await userEvent.clear(field);
    await userEvent.type(field, "0.52{Enter}");
    expect(socket.of("command")).toHaveLength(0);
    expect(screen.getByText("Give an amount above $0.52, which is spent.")).toBeTruthy();
    await userEvent.clear(field);
    await userEvent.type(field, "2.50{Enter}");
    expect(socket.of("command")).toHaveLength(1);
    expect(socket.of("command")[0]).toMatchObject({
      name: "answer_request",
      args: { run_id: "r1", request_id: "b1", decision: "approve", answer: "2.50", subject: "hash" },
    });
    const budget = { ...BUDGET.budget, raised_to_usd: 2.5 };
    const answered = { ...BUDGET, status: "answered", decision: "approve", answer: "2.5", budget };
    happen(rawEvent(5, "request", answered));
    expect(screen.queryByRole("textbox", { name: "New limit in US dollars" })).toBeNull();
    expect(screen.getByText("Budget raised").parentElement?.textContent).toContain("Budget raised to $2.5");
  });

  it("lets a used-up budget go on with the cheaper model, or stop", async () => {
    const { socket } = await opened(status(3, "analyst", "waiting"), rawEvent(4, "request", BUDGET));
    await userEvent.click(screen.getByRole("button", { name: "Go on with openai:small" }));
    expect(socket.of("command")[0]?.args).toMatchObject({ decision: "edit", answer: "1" });
    await act(async () =>
      socket.say({ type: "reply", id: socket.of("command")[0]?.id, ok: true, result: {} }),
    );
    await userEvent.click(screen.getByRole("button", { name: "Stop" }));
    expect(socket.of("command")[1]?.args).toMatchObject({ decision: "reject" });
  });

  it("offers no cheaper model where there is none", async () => {
    const budget = { ...BUDGET.budget, model: null };
    await opened(status(3, "analyst", "waiting"), rawEvent(4, "request", { ...BUDGET, budget }));
    expect(screen.queryByRole("button", { name: /Go on with/ })).toBeNull();
  });

  it("shows what an agent has cost so far on its card", async () => {
    const usage = { input_tokens: 1200, output_tokens: 100, cost_usd: 0.034 };
    await opened(status(3, "analyst", "thinking"), response(4, "complete", { usage }));
    expect(card("Analyst").textContent).toContain("1.3k tokens");
    expect(card("Analyst").textContent).toContain("$0.03");
  });

  it("pauses, resumes and asks before it cancels", async () => {
    const { socket, happen } = await opened();
    await userEvent.click(screen.getByRole("button", { name: "Pause" }));
    expect(socket.of("command").at(-1)?.name).toBe("pause_run");
    await act(async () =>
      socket.say({ type: "reply", id: socket.of("command")[0]?.id, ok: true, result: {} }),
    );
    happen(rawEvent(3, "run_status", { status: "paused" }));
    expect(screen.getByRole("button", { name: "Resume" })).toBeTruthy();
    await userEvent.click(screen.getByRole("button", { name: "Cancel" }));
    expect(socket.of("command")).toHaveLength(1);
    await userEvent.click(screen.getByRole("button", { name: "Cancel the project" }));
    expect(socket.of("command").at(-1)).toMatchObject({ name: "cancel_run", args: { run_id: "r1" } });
  });

  it("sends a note with Enter, and keeps it in sight while there is no connection", async () => {
    const { socket, world } = await opened();
    act(() => socket.drop());
    const box = screen.getByRole("textbox", { name: "Note to the team" });
    await userEvent.type(box, "Use euros{Enter}");
    expect(screen.getByText("Use euros")).toBeTruthy();
    expect(screen.getByText("Sent when connected")).toBeTruthy();
    act(() => {
      world.passToAttempt();
      world.socket.accept();
      world.socket.say(welcomeFrame({ resumed: true, position: 2, topics: ["run:r1"] }));
    });
    const [command] = world.socket.of("command");
    expect(command).toMatchObject({ name: "add_note", args: { run_id: "r1", content: "Use euros" } });
    await act(async () => world.socket.say({ type: "reply", id: command?.id, ok: true, result: {} }));
    expect(screen.queryByText("Use euros")).toBeNull();
  });

  it("gives a refused note back", async () => {
    const { socket } = await opened();
    const box: HTMLTextAreaElement = screen.getByRole("textbox", { name: "Note to the team" });
    await userEvent.type(box, "Use euros{Enter}");
    const error = { code: "busy", message: "Too much at once.", action: "Try again.", retryable: true };
    await act(async () => socket.say({ type: "reply", id: socket.of("command")[0]?.id, ok: false, error }));
    expect(box.value).toBe("Use euros");
  });

  it("opens files, and offers all of them as one download", async () => {
    const file = {
      step: "analyst",
      version: 2,
      size: 9,
      media_type: "text/markdown",
      sha256: "0",
      by: "Analyst",
    };
    await opened(rawEvent(3, "artifact", { ...file, path: "docs/it's 100%.md" }));
    vi.stubGlobal("fetch", () => Promise.resolve(new Response("# Inside")));
    await userEvent.click(screen.getByRole("button", { name: /it's 100%\.md/ }));
    expect(await screen.findByRole("heading", { name: "Inside" })).toBeTruthy();
    expect(screen.getByRole("link", { name: /^Download it's/ }).getAttribute("href")).toBe(
      "/api/runs/r1/artifacts/docs/it's%20100%25.md?version=2",
    );
    expect(screen.getByRole("link", { name: "Download all" }).getAttribute("href")).toBe(
      "/api/runs/r1/artifacts.zip",
    );
  });

  it("says that a project does not exist, and leads back", async () => {
    const page = await renderLive(<ProjectPage />, "/projects/nope");
    const error = {
      code: "unknown_topic",
      message: "There is nothing to follow under this name.",
      action: "Check.",
      retryable: false,
    };
    act(() => {
      page.world.socket.accept();
      page.world.socket.say(welcomeFrame());
      page.world.socket.say({ type: "error", id: null, topic: "run:nope", error });
    });
    expect(screen.getByText("This project does not exist, or it is not yours")).toBeTruthy();
    expect(screen.getByRole("link", { name: "See all projects" })).toBeTruthy();
  });

  it("keeps what it has while the connection is lost, says as of when, and pretends no work", async () => {
    const { socket } = await opened(status(3, "analyst", "started"), delta(4, 0, "So far"));
    act(() => socket.drop());
    expect(screen.getByText("So far")).toBeTruthy();
    expect(screen.getByText(/^This is as of/)).toBeTruthy();
    expect(screen.queryAllByTestId("dots")).toEqual([]);
  });
});
