import { act, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { welcomeFrame } from "@/test/fake-world";
import { renderLive } from "@/test/render-live";
import { rawEvent } from "@/test/sample";
import { giveSizes } from "@/test/sized";
import { FeedPart } from "./feed-part";
import { MonitorPage } from "./monitor-page";
import { Overview } from "./overview";
import { WorkersPart } from "./workers-part";

const ADMIN = { name: "ada", role: "admin" } as const;
const MEMBER = { name: "anna", role: "member" } as const;
const WORKER = {
  worker_id: "01a1f8fa-7e8f-7a40-9a0c-6f1f0a1a2b3c",
  status: "busy",
  host: "workshop",
  capabilities: ["docker"],
  concurrency: 2,
  running: ["j1"],
  registered_at: "2026-11-20T09:00:00.000Z",
  completed: 5,
  failed: 1,
};
const JOB = {
  job_id: "j1",
  run_id: "r1",
  step: "analyst",
  phase: "work",
  attempt: 1,
  status: "claimed",
  agent_name: "Analyst",
  worker_id: WORKER.worker_id,
  requires: [],
  queued_at: "2026-11-20T09:29:00.000Z",
  claimed_at: "2026-11-20T09:29:30.000Z",
  ended_at: null,
  waited_ms: 30_000,
  ran_ms: null,
};

type Opened = Awaited<ReturnType<typeof renderLive>>;

/** Connected, with these snapshots. */
function begin({ world }: Opened, snapshots: Readonly<Record<string, object>>) {
  const topics = Object.keys(snapshots);
  act(() => {
    world.socket.accept();
    world.socket.say(welcomeFrame({ position: 10, topics }));
    for (const [topic, data] of Object.entries(snapshots))
      world.socket.say({ type: "snapshot", topic, position: 10, data });
  });
}

function followed({ world }: Opened): readonly unknown[] {
  return (world.socket.of("hello")[0]?.topics as unknown[]) ?? [];
}

beforeEach(() => {
  giveSizes();
  vi.stubGlobal("fetch", () => new Promise(() => {}));
});

describe("the monitor", () => {
  it("has everything for an admin, and follows what it shows", async () => {
    const opened = await renderLive(<MonitorPage />, "/monitor", ADMIN);
    begin(opened, {});
    expect(screen.getAllByRole("link").map(({ textContent }) => textContent)).toEqual([
      "Overview",
      "Jobs",
      "Workers",
      "Connections",
      "Events",
    ]);
    expect(followed(opened)).toEqual(["jobs", "workers", "stats"]);
  });

  it("has the jobs for a member, asks for nothing else, and says whom the rest is for", async () => {
    const page = (
      <>
        <MonitorPage />
        <Overview />
        <FeedPart />
      </>
    );
    const opened = await renderLive(page, "/monitor", MEMBER);
    begin(opened, {});
    expect(screen.getAllByText("This part is for admins")).toHaveLength(2);
    expect(screen.getAllByRole("link").map(({ textContent }) => textContent)).toEqual([
      "Jobs",
      "See your jobs",
      "See your jobs",
    ]);
    expect(followed(opened)).toEqual(["jobs"]);
  });

  it("says as of when it is once the connection is lost", async () => {
    const opened = await renderLive(<MonitorPage />, "/monitor", ADMIN);
    begin(opened, {});
    expect(screen.queryByText(/Shown as of/)).toBeNull();
    act(() => opened.world.socket.drop());
    expect(screen.getByText(/Shown as of \d\d:\d\d/)).toBeTruthy();
  });
});

describe("the workers", () => {
  it("tell what they hold, from which project, and what they have done", async () => {
    const page = (
      <>
        <MonitorPage />
        <WorkersPart />
      </>
    );
    const opened = await renderLive(page, "/monitor/workers", ADMIN);
    begin(opened, {
      workers: { workers: [WORKER, { ...WORKER, worker_id: "w2", status: "lost" }] },
      jobs: { jobs: [JOB] },
    });
    const card = screen.getByRole("article", { name: "Worker 0a1a2b3c at workshop" });
    expect(card.textContent).toContain("1 of 2");
    expect(card.textContent).toContain("5 completed, 1 failed");
    expect(card.textContent).toContain("docker");
    expect(screen.getByRole("link", { name: "Project r1" }).getAttribute("href")).toBe("/projects/r1");
    expect(screen.getByText("1 worker that left")).toBeTruthy();
  });
});

describe("the events", () => {
  const told = (position: number) => ({
    type: "events",
    from: position - 1,
    to: position,
    events: [rawEvent(position, "note", { by: "ada", step: null }, { content: `Note ${position}` })],
  });

  it("come newest first, stand still while they are pointed at, and go on afterwards", async () => {
    const opened = await renderLive(<FeedPart />, "/monitor/events", ADMIN);
    begin(opened, { log: {} });
    const say = (position: number) => act(() => opened.world.socket.say(told(position)));
    expect(screen.getByText("Listening")).toBeTruthy();
    say(11);
    say(12);
    const shown = () => screen.getAllByText(/^Note \d+$/).map(({ textContent }) => textContent);
    expect(shown()).toEqual(["Note 12", "Note 11"]);
    await userEvent.hover(screen.getByText("Note 12"));
    say(13);
    expect(shown()).toEqual(["Note 12", "Note 11"]);
    expect(screen.getByText("Paused · 1 new event")).toBeTruthy();
    await userEvent.unhover(screen.getByText("Note 12"));
    expect(shown()).toEqual(["Note 13", "Note 12", "Note 11"]);
  });

  it("stand still by the button too, whatever the pointer does", async () => {
    const opened = await renderLive(<FeedPart />, "/monitor/events", ADMIN);
    begin(opened, { log: {} });
    act(() => opened.world.socket.say(told(11)));
    await userEvent.click(screen.getByRole("button", { name: "Pause" }));
    await userEvent.hover(screen.getByText("Note 11"));
    await userEvent.unhover(screen.getByText("Note 11"));
    act(() => opened.world.socket.say(told(12)));
    expect(screen.queryByText("Note 12")).toBeNull();
    await userEvent.click(screen.getByRole("button", { name: "Go on" }));
    expect(screen.getByText("Note 12")).toBeTruthy();
  });

  it("are asked of the server as they are filtered", async () => {
    const opened = await renderLive(<FeedPart />, "/monitor/events", ADMIN);
    begin(opened, { log: {} });
    await userEvent.selectOptions(screen.getByRole("combobox", { name: "Type" }), "Errors");
    expect(opened.world.socket.of("subscribe").at(-1)).toMatchObject({
      topics: [],
      filter: { types: ["error"] },
    });
  });
});
