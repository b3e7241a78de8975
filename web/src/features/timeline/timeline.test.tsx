import { act, fireEvent, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { evolve } from "@/lib/reduce";
import type { RunView } from "@/lib/views";
import { readEvent } from "@/lib/wire";
import { welcomeFrame } from "@/test/fake-world";
import { renderLive } from "@/test/render-live";
import { CREATED, rawEvent, timeAt } from "@/test/sample";
import { giveSizes } from "@/test/sized";
import { TimelinePage } from "./timeline-page";

const STARTED = { step: "analyst", attempt: 1, task: null };
const EVENTS = [
  rawEvent(1, "run_status", CREATED, { content: "“Tip calculator” was created" }),
  rawEvent(2, "run_status", { status: "running" }, { content: "The team starts" }),
  rawEvent(3, "agent_status", { ...STARTED, status: "queued" }, { content: "Analyst is next" }),
  rawEvent(4, "agent_status", { ...STARTED, status: "started" }, { content: "Analyst has started" }),
  rawEvent(5, "weather", { step: "analyst", sky: "<b>blue</b>" }, { content: "It rains" }),
  rawEvent(
    6,
    "agent_response",
    {
      step: "analyst",
      phase: "work",
      attempt: 1,
      message_id: "m1",
      started_at: timeAt(5),
      thinking: "",
      finish: "complete",
      model: "demo",
      usage: null,
    },
    { content: "Twelve requirements." },
  ),
];

let events: object[] = [];
let answer: () => Promise<Response>;

function page(): Promise<Response> {
  return Promise.resolve(new Response(JSON.stringify({ epoch: "e1", events, next: null })));
}

function refusal(code: string, status: number): () => Promise<Response> {
  const problem = { code, message: `It says ${code}.`, action: "", retryable: false, reference: null };
  return () => Promise.resolve(new Response(JSON.stringify(problem), { status }));
}

const TOPIC = "run:r1";
const VIEW = EVENTS.map(readEvent).reduce<RunView | null>(evolve, null);

/** With the project page's topic answered: by a snapshot, or refused for a reason. */
async function open(refused?: object) {
  const opened = await renderLive(<TimelinePage />, "/projects/r1/timeline");
  const { world } = opened;
  await act(async () => {
    world.socket.accept();
    world.socket.say(welcomeFrame({ position: 6, topics: refused ? [] : [TOPIC] }));
    if (refused) world.socket.say({ type: "error", id: null, topic: TOPIC, error: refused });
    else world.socket.say({ type: "snapshot", topic: TOPIC, position: 6, data: VIEW });
  });
  return { ...opened, user: userEvent.setup() };
}

const slider = () => screen.findByRole("slider", { name: "Moment" });
const pane = (name: string) => within(screen.getByRole("region", { name }));

beforeEach(() => {
  giveSizes();
  vi.spyOn(HTMLElement.prototype, "scrollTo").mockReturnValue();
  events = [...EVENTS];
  answer = page;
  vi.stubGlobal("fetch", () => answer());
});

// A whole page is drawn in each, which takes its time where the machine has others to serve.
vi.setConfig({ testTimeout: 20_000 });

describe("the timeline of a run", () => {
  it("shows a lane for each step, and the newest event with the run after it", async () => {
    await open();
    expect((await slider()).getAttribute("aria-valuetext")).toContain("Event 6 of 6, ");
    const chart = screen.getByRole("toolbar", { name: "Chart of the run" });
    expect([...chart.querySelectorAll("legend")].map(({ textContent }) => textContent)).toEqual([
      "Project",
      "Analyst",
      "Architect",
      "Developer",
      "Tester",
      "Deployer",
    ]);
    expect(within(chart).getByLabelText(/^Analyst: Working, since \d/)).toBeTruthy();
    expect(pane("The project then").getByText("Twelve requirements.")).toBeTruthy();
    expect(document.title).toBe("Timeline of Tip calculator · BotArmy");
  });

  it("goes back event by event with the arrow keys, to the run as it was", async () => {
    await open();
    const input = await slider();
    fireEvent.change(input, { target: { value: "3" } });
    expect(pane("The project then").getByText("Working")).toBeTruthy();
    expect(pane("The project then").getByText("Nobody had written anything yet.")).toBeTruthy();
    fireEvent.change(input, { target: { value: "2" } });
    expect(pane("The project then").getByText("Queued")).toBeTruthy();
    expect(pane("Event").getByText("Analyst is next")).toBeTruthy();
    fireEvent.change(input, { target: { value: "0" } });
    expect(pane("The project then").getAllByText("Pending")).toHaveLength(5);
    expect(screen.getByLabelText<HTMLButtonElement>("Previous event").disabled).toBe(true);
  });

  it("follows the newest event until a person goes back, and again when asked to", async () => {
    const { world, user } = await open();
    const input = await slider();
    const say = (position: number, status: string) =>
      act(async () => {
        const metadata = { ...STARTED, status };
        const next = rawEvent(position, "agent_status", metadata, { content: `Now ${status}` });
        events.push(next);
        world.socket.say({ type: "events", from: position - 1, to: position, events: [next] });
      });
    await say(7, "thinking");
    await waitFor(() => expect(input.getAttribute("aria-valuetext")).toContain("Event 7 of 7"));
    await user.click(screen.getByLabelText("Previous event"));
    expect(input.getAttribute("aria-valuetext")).toContain("Event 6 of 7");
    await say(8, "completed");
    await waitFor(() => expect(input.getAttribute("aria-valuetext")).toContain("Event 6 of 8"));
    await user.click(screen.getByText("Follow the newest"));
    expect(input.getAttribute("aria-valuetext")).toContain("Event 8 of 8");
    expect(screen.getByText("Following").getAttribute("aria-pressed")).toBe("true");
  });

  it("shows an event as it is in the log, also one that it does not know, and nothing of it is markup", async () => {
    const { user } = await open();
    await slider();
    const copied: string[] = [];
    vi.spyOn(navigator.clipboard, "writeText").mockImplementation(async (text) => void copied.push(text));
    await user.click(pane("Events").getByRole("button", { name: /It rains/ }));
    const detail = pane("Event");
    expect(detail.getByText(/Unknown to this page/)).toBeTruthy();
    expect(detail.getByText(/"sky": "<b>blue<\/b>"/)).toBeTruthy();
    await user.click(detail.getByRole("button", { name: "Copy as JSON" }));
    expect(JSON.parse(copied[0] ?? "")).toEqual(EVENTS[4]);
  });

  it("lists the events of one type or one step alone, and arrow keys keep to them", async () => {
    const { user } = await open();
    await slider();
    const list = pane("Events");
    await user.selectOptions(list.getByRole("combobox", { name: "Step" }), "analyst");
    expect(list.getAllByRole("listitem").map(({ textContent }) => textContent?.slice(12))).toEqual([
      "Analyst is next",
      "Analyst has started",
      "It rains",
      "Twelve requirements.",
    ]);
    await user.selectOptions(list.getByRole("combobox", { name: "Type" }), "Agent");
    const row = list.getByRole("button", { name: /Analyst has started/ });
    expect(row.getAttribute("aria-current")).toBe("true");
    row.focus();
    await user.keyboard("{ArrowUp}");
    expect(document.activeElement?.textContent).toContain("Analyst is next");
    expect((await slider()).getAttribute("aria-valuetext")).toContain("Event 3 of 6");
    await user.selectOptions(list.getByRole("combobox", { name: "Step" }), "tester");
    expect(list.getByText("Nothing of this kind")).toBeTruthy();
  });

  it("lets the keyboard go from bar to bar, says what each is, and leads to where it began", async () => {
    const { user } = await open();
    await slider();
    const chart = within(screen.getByRole("toolbar", { name: "Chart of the run" }));
    const first = chart.getByRole("button", { name: /^Project: Under way/ });
    expect(first.tabIndex).toBe(0);
    act(() => first.focus());
    expect(screen.getByText(/^Project · Under way, since \d/)).toBeTruthy();
    await user.keyboard("{ArrowDown}");
    expect(document.activeElement?.getAttribute("aria-label")).toMatch(/^Analyst: In the queue/);
    await user.keyboard("{ArrowRight}{Enter}");
    expect((await slider()).getAttribute("aria-valuetext")).toContain("Event 4 of 6");
    await user.keyboard("+");
    expect(screen.getByLabelText<HTMLButtonElement>("Zoom out").disabled).toBe(false);
    await user.click(screen.getByRole("button", { name: "Show everything" }));
    expect(screen.getByLabelText<HTMLButtonElement>("Zoom out").disabled).toBe(true);
  });

  it("says the same in a table", async () => {
    const { user } = await open();
    await slider();
    await user.click(screen.getByRole("button", { name: "Table" }));
    const row = screen.getByRole("row", { name: /^Analyst/ });
    expect(within(row).getAllByRole("cell")[0]?.textContent).toBe("1.0 s");
    const bars = within(screen.getByRole("list", { name: "All bars" }));
    await user.click(bars.getByRole("button", { name: /Analyst · Model message · demo/ }));
    expect((await slider()).getAttribute("aria-valuetext")).toContain("Event 6 of 6");
  });

  it("leads to the project as a file, while the server makes one, and to its audit", async () => {
    await open();
    await slider();
    expect(screen.getByRole("link", { name: "Project as a file" }).getAttribute("href")).toBe(
      "/api/runs/r1/file",
    );
    expect(screen.getByRole("link", { name: "Audit" }).getAttribute("href")).toBe("/api/runs/r1/audit");
  });

  it.each([
    ["run_deleted", 404, "This project was deleted"],
    ["unknown_run", 404, "This project does not exist, or it is not yours"],
    ["busy", 503, "It says busy."],
  ])("says in words what %s means", async (code, status, sentence) => {
    answer = refusal(code, status);
    await open();
    expect(await screen.findByText(sentence)).toBeTruthy();
  });

  it("asks nothing about a run that is another's, and says so", async () => {
    let asked = 0;
    answer = () => {
      asked += 1;
      return page();
    };
    await open({ code: "unknown_topic", message: "Unknown.", action: "", retryable: false, reference: null });
    expect(await screen.findByText("This project does not exist, or it is not yours")).toBeTruthy();
    expect(asked).toBe(0);
  });

  it("is gone with its project", async () => {
    events.push(rawEvent(7, "run_status", { status: "deleted", by: "ada" }));
    await open();
    expect(await screen.findByText("This project was deleted")).toBeTruthy();
    expect(screen.queryByText("Twelve requirements.")).toBeNull();
  });

  it("says that there is nothing yet", async () => {
    events = [];
    await open();
    expect(await screen.findByText("There are no events yet")).toBeTruthy();
  });

  it("says that the events cannot be read, and tries again when asked to", async () => {
    answer = () => Promise.reject(new TypeError("no server"));
    const { user } = await open();
    expect((await screen.findByRole("alert")).textContent).toContain("The server cannot be reached.");
    answer = page;
    await user.click(screen.getByRole("button", { name: "Try again" }));
    expect(await slider()).toBeTruthy();
  });
});
