import { act, fireEvent, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { evolve } from "@/lib/reduce";
import type { RunView } from "@/lib/views";
import { type Event, readEvent } from "@/lib/wire";
import { welcomeFrame } from "@/test/fake-world";
import { renderLive } from "@/test/render-live";
import { CREATED, rawEvent } from "@/test/sample";
import { preloadParts } from "./parts";
import { ProjectPage } from "./project-page";

const GATE = {
  when: "after",
  round: 1,
  rounds: 3,
  artifacts: [{ path: "docs/text.md", version: 1, sha256: "a" }],
  more: 2,
  message_id: null,
  excerpt: "The text is there.",
};
const REQUEST = {
  request_id: "q1",
  kind: "approval",
  status: "open",
  step: "analyst",
  prompt: "Analyst is done. May the team go on with it?",
  subject: "first",
  gate: GATE,
};

/** The page of run r1 that waits for this, and a way to let more happen. */
async function asked(request: object) {
  const all = [
    rawEvent(1, "run_status", CREATED),
    rawEvent(2, "run_status", { status: "running" }),
    rawEvent(3, "agent_status", { step: "analyst", status: "waiting", attempt: 1 }),
    rawEvent(4, "request", request),
  ];
  const { world } = await renderLive(<ProjectPage />, "/projects/r1");
  const { socket } = world;
  let position = all.length;
  const data = all.map((one): Event => readEvent(one)).reduce<RunView | null>(evolve, null);
  act(() => {
    socket.accept();
    socket.say(welcomeFrame({ position, topics: ["run:r1"] }));
    socket.say({ type: "snapshot", topic: "run:r1", position, data });
  });
  const happen = (...more: readonly object[]) =>
    act(() => {
      socket.say({ type: "events", from: position, to: position + more.length, events: more });
      position += more.length;
    });
  const card = within(screen.getByRole("region", { name: /^Approval: / }));
  return { socket, happen, card };
}

beforeAll(preloadParts);

beforeEach(() => {
  vi.stubGlobal("fetch", () => Promise.resolve(new Response('{"version":"1","model":"x","demo":false}')));
  vi.stubGlobal("matchMedia", () => ({ matches: true, addEventListener() {}, removeEventListener() {} }));
});

describe("what waits for approval", () => {
  it("shows what was said, the files, and how many more there are", async () => {
    const { card } = await asked(REQUEST);
    expect(card.getByText("The text is there.")).toBeTruthy();
    expect(card.getByRole("button", { name: "docs/text.md" })).toBeTruthy();
    expect(card.getByText("and 2 files more")).toBeTruthy();
    expect(card.getByText(/^Asked /)).toBeTruthy();
  });

  it.each([
    ["Approve", "approve"],
    ["Send back", "reject"],
    ["Respond", "respond"],
  ])("%s sends the words and the hash of what was shown", async (button, decision) => {
    const { socket, card } = await asked(REQUEST);
    await userEvent.type(card.getByRole("textbox"), "Make it longer");
    await userEvent.click(card.getByRole("button", { name: button }));
    expect(socket.of("command")[0]).toMatchObject({
      name: "answer_request",
      args: { request_id: "q1", decision, answer: "Make it longer", subject: "first" },
    });
    expect(card.getByRole("button", { name: "Sending" })).toBeTruthy();
  });

  it("takes no response without words", async () => {
    const { card } = await asked(REQUEST);
    expect(card.getByRole<HTMLButtonElement>("button", { name: "Respond" }).disabled).toBe(true);
  });

  it("sends a word on the way to an agent that may begin", async () => {
    const { socket, card } = await asked({ ...REQUEST, gate: { ...GATE, when: "before" } });
    expect(card.queryByRole("button", { name: "Edit" })).toBeNull();
    await userEvent.type(card.getByRole("textbox"), "On thick paper");
    await userEvent.click(card.getByRole("button", { name: "Approve" }));
    expect(socket.of("command")[0]).toMatchObject({ args: { decision: "edit", answer: "On thick paper" } });
  });

  it("says that it has changed meanwhile, and answers to what is there now", async () => {
    const { socket, happen, card } = await asked(REQUEST);
    await userEvent.type(card.getByRole("textbox"), "Good");
    happen(
      rawEvent(5, "request", { ...REQUEST, status: "withdrawn" }),
      rawEvent(6, "request", { ...REQUEST, subject: "second" }),
    );
    expect(card.getByText(/This has changed since you opened it/)).toBeTruthy();
    expect(card.getByRole<HTMLTextAreaElement>("textbox").value).toBe("Good");
    await userEvent.click(card.getByRole("button", { name: "Approve" }));
    expect(socket.of("command")[0]).toMatchObject({ args: { subject: "second" } });
  });

  it("lets the arguments of a tool call be edited, and sends what is JSON alone", async () => {
    const gate = { ...GATE, when: "tool", artifacts: [], more: 0, excerpt: '{"issue": 7}' };
    const { socket, card } = await asked({ ...REQUEST, gate });
    fireEvent.click(card.getByRole("button", { name: "Edit" }));
    const text = await screen.findByLabelText<HTMLTextAreaElement>("Text");
    expect(text.value).toBe('{"issue": 7}');
    fireEvent.change(text, { target: { value: "{issue" } });
    fireEvent.click(screen.getByText("Call it with this"));
    expect(screen.getByText(/not JSON yet/)).toBeTruthy();
    expect(socket.of("command")).toEqual([]);
    fireEvent.change(text, { target: { value: '{"issue": 8}' } });
    expect(screen.queryByText(/not JSON yet/)).toBeNull();
    fireEvent.click(screen.getByText("Call it with this"));
    expect(socket.of("command")[0]).toMatchObject({
      args: { decision: "edit", answer: '{"issue": 8}', subject: "first" },
    });
  });

  it("lets a reply be edited where there is no file", async () => {
    const { socket, card } = await asked({ ...REQUEST, gate: { ...GATE, artifacts: [], more: 0 } });
    await userEvent.click(card.getByRole("button", { name: "Edit" }));
    const text = await screen.findByRole<HTMLTextAreaElement>("textbox", { name: "Text" });
    expect(text.value).toBe("The text is there.");
    await userEvent.type(text, " Really.");
    await userEvent.click(screen.getByRole("button", { name: "Save and approve" }));
    expect(socket.of("command")[0]).toMatchObject({
      args: { decision: "edit", answer: "The text is there. Really.", subject: "first" },
    });
  });
});
