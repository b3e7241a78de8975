import { act, screen, waitFor } from "@testing-library/react";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { useInboxUpkeep } from "@/lib/use-inbox";
import { useWatch } from "@/lib/use-live";
import type { RequestView } from "@/lib/views";
import { welcomeFrame } from "@/test/fake-world";
import { renderLive } from "@/test/render-live";
import { rawEvent } from "@/test/sample";
import { InboxPage } from "./inbox-page";

const QUESTION = {
  request_id: "q1",
  kind: "question",
  status: "open",
  step: "analyst",
  prompt: "Which currency?",
  options: [],
  subject: null,
  decision: null,
  answer: null,
  by: null,
  opened_at: "2026-11-20T09:30:00.000Z",
  answered_at: null,
};
const ASKED = {
  run_id: "r1",
  title: "Tip calculator",
  team: "software",
  owner: "anna",
  agent_name: "Analyst",
  request: QUESTION,
};

let requests: readonly object[] = [];
let failing = false;

function Card({ request, runId }: { request: RequestView; runId: string }) {
  return (
    <p>
      {request.prompt} in {runId}
    </p>
  );
}

function Page() {
  useWatch("runs");
  useInboxUpkeep();
  return <InboxPage card={Card} />;
}

async function open(who?: { name: string; role: "admin" | "member" }) {
  const opened = await renderLive(<Page />, "/", who);
  act(() => {
    opened.world.socket.accept();
    opened.world.socket.say(welcomeFrame({ position: 10, topics: ["runs"] }));
    opened.world.socket.say({ type: "snapshot", topic: "runs", position: 10, data: { runs: [] } });
  });
  return opened;
}

beforeEach(() => {
  requests = [];
  failing = false;
  vi.stubGlobal("fetch", () => {
    if (failing) return Promise.reject(new TypeError("no server"));
    const body = { requests, next: null, total: requests.length, position: 10 };
    return Promise.resolve(new Response(JSON.stringify(body)));
  });
});

describe("the inbox", () => {
  it("says so when nothing waits", async () => {
    await open();
    expect(await screen.findByText("Nothing waits for you")).toBeTruthy();
  });

  it("shows each request with its project, whose it is, and the way to it", async () => {
    requests = [ASKED];
    await open({ name: "ada", role: "admin" });
    const entry = await screen.findByRole("article", { name: "Analyst asks in Tip calculator" });
    expect(entry.textContent).toContain("Which currency? in r1");
    expect(entry.textContent).toContain("of anna");
    expect(screen.getByRole("link", { name: "Tip calculator" }).getAttribute("href")).toBe("/projects/r1");
    expect(screen.getByText("One answer is awaited")).toBeTruthy();
  });

  it("asks again when the stream says that something was asked or answered, and not otherwise", async () => {
    const { world } = await open();
    await screen.findByText("Nothing waits for you");
    requests = [ASKED];
    act(() =>
      world.socket.say({ type: "events", from: 10, to: 11, events: [rawEvent(11, "request", QUESTION)] }),
    );
    expect(await screen.findByText("Which currency? in r1")).toBeTruthy();
    requests = [];
    const answered = { ...QUESTION, status: "answered", decision: "respond", answer: "Euro", by: "ada" };
    act(() =>
      world.socket.say({ type: "events", from: 11, to: 12, events: [rawEvent(12, "request", answered)] }),
    );
    await waitFor(() => expect(screen.queryByText("Which currency? in r1")).toBeNull());
  });

  it("says in words that it cannot be loaded, with a way to try again", async () => {
    failing = true;
    await open();
    expect((await screen.findByRole("alert")).textContent).toContain("The server cannot be reached.");
    failing = false;
    await act(async () => screen.getByRole("button", { name: "Try again" }).click());
    expect(await screen.findByText("Nothing waits for you")).toBeTruthy();
  });
});
