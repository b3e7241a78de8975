import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { renderLive } from "@/test/render-live";
import { AnalyticsPage } from "./analytics-page";

const CALLS = { calls: 4, unpriced_calls: 0, input_tokens: 12_000, output_tokens: 3_400, cost_usd: 0.25 };
const RUNS = {
  ...CALLS,
  runs: 4,
  succeeded: 2,
  partial: 1,
  failed: 0,
  cancelled: 1,
  open: 0,
  retries: 3,
  median_ms: 134_000,
  p90_ms: 600_000,
};
const NO_RUNS = {
  ...RUNS,
  calls: 0,
  runs: 0,
  succeeded: 0,
  partial: 0,
  cancelled: 0,
  median_ms: null,
  p90_ms: null,
};
const WAITS = {
  kind: null,
  asked: 2,
  answered: 1,
  withdrawn: 0,
  open: 1,
  median_ms: 5_000,
  p90_ms: 5_000,
};
const FOUND = {
  as_of: "2026-11-20T09:30:00.000Z",
  tz: "Europe/Berlin",
  since: "2026-11-19",
  until: "2026-11-20",
  total: RUNS,
  days: [
    { ...NO_RUNS, day: "2026-11-19" },
    { ...RUNS, day: "2026-11-20" },
  ],
  teams: [{ ...RUNS, team: "software" }],
  agents: [
    { ...CALLS, agent_name: "Developer", worked_ms: 90_000, model_ms: 60_000, retries: 3, redone: 1 },
    {
      ...CALLS,
      unpriced_calls: 4,
      cost_usd: 0,
      agent_name: null,
      worked_ms: 0,
      model_ms: 0,
      retries: 0,
      redone: 0,
    },
  ],
  models: [{ ...CALLS, model: "", model_ms: 60_000 }],
  waits: WAITS,
  kinds: [{ ...WAITS, kind: "approval" }],
  longest: [
    {
      run_id: "r1",
      title: "Tip calculator",
      request_id: "q1",
      kind: "approval",
      waited_ms: 7_200_000,
      open: true,
    },
  ],
  failures: [
    {
      code: "model_timeout",
      message: "The AI service took too long to answer.",
      agent_name: "Tester",
      provider: "openai-chat",
      errors: 1,
      warnings: 2,
      runs: 1,
    },
  ],
  choices: { teams: ["research", "software"], owners: ["anna"] },
};

let answers: (address: URL) => Response;
let asked: URL[] = [];

const found = (more: object = {}) => new Response(JSON.stringify({ ...FOUND, ...more }));
const refused = (code: string) =>
  new Response(
    JSON.stringify({
      code,
      message: "It went wrong.",
      action: "Mend it.",
      retryable: false,
      reference: null,
    }),
    { status: 422 },
  );

beforeEach(() => {
  asked = [];
  answers = () => found();
  vi.stubGlobal("fetch", (path: string) => {
    const address = new URL(path, "http://localhost");
    asked.push(address);
    return Promise.resolve(answers(address));
  });
});

const open = (path = "/analytics") => renderLive(<AnalyticsPage />, path);

describe("analytics", () => {
  it("say first how many projects succeeded, how long they took and what they cost", async () => {
    await open();
    const summary = await screen.findByRole("region", { name: "Summary" });
    expect(summary.textContent).toContain("67 %of 3 that came to an end");
    expect(summary.textContent).toContain("2:14");
    expect(summary.textContent).toContain("$0.25");
    expect(screen.getByRole("status").textContent).toMatch(
      /^As of \d\d:\d\d\. Projects started from 19 Nov 2026 to 20 Nov 2026, by the days of Europe\/Berlin\.$/,
    );
  });

  it("ask for the days of this browser's time zone", async () => {
    await open();
    await screen.findByRole("region", { name: "Summary" });
    expect(asked[0]?.searchParams.get("tz")).toBe(Intl.DateTimeFormat().resolvedOptions().timeZone);
  });

  it("fall back to the days of UTC where the server does not know the time zone", async () => {
    answers = (address) =>
      address.searchParams.get("tz") === "UTC" && asked.length > 1
        ? found({ tz: "UTC" })
        : refused("unknown_zone");
    await open();
    expect(await screen.findByText(/by the days of UTC/)).toBeTruthy();
  });

  it("have a table with every day behind each chart", async () => {
    await open();
    const table = await screen.findByRole("table", { name: "Duration" });
    const rows = within(table)
      .getAllByRole("row")
      .map((row) => row.textContent);
    expect(rows).toEqual(["DayMedian9 of 10 within", "19 Nov 2026––", "20 Nov 20262:1410:00"]);
  });

  it("tell what the rest comes to, and which cost is not known", async () => {
    await open();
    await screen.findByRole("region", { name: "Agents" });
    const rows = screen.getAllByRole("row").map((row) => row.textContent ?? "");
    expect(rows.some((row) => row.startsWith("Developer$0.2515.4k1:301:00"))).toBe(true);
    expect(rows.some((row) => row.startsWith("All others–"))).toBe(true);
    expect(rows.some((row) => row.startsWith("Unknown$0.25"))).toBe(true);
  });

  it("name causes in words, and lead to the project that waited longest", async () => {
    await open();
    expect(await screen.findByText("The AI service took too long to answer.")).toBeTruthy();
    const link = screen.getByRole("link", { name: "Tip calculator" });
    expect(link.getAttribute("href")).toBe("/projects/r1");
    expect(screen.getByText("still waits")).toBeTruthy();
  });

  it("offer each table as a file, of what is shown", async () => {
    await open("/analytics?days=7&team=software");
    const link = await screen.findByRole("link", { name: "Agents as CSV" });
    expect(link.getAttribute("href")).toBe(
      "/api/analytics.csv?table=agents&days=7&team=software&tz=Europe%2FBerlin",
    );
  });

  it("are read again when one asks for it, and not before", async () => {
    await open();
    await screen.findByRole("region", { name: "Summary" });
    expect(asked).toHaveLength(1);
    await userEvent.click(screen.getByRole("button", { name: "Reload" }));
    await waitFor(() => expect(asked).toHaveLength(2));
  });

  it("keep what is chosen in the address", async () => {
    const { router } = await open();
    const team = await screen.findByRole("combobox", { name: "Team" });
    await userEvent.selectOptions(team, "research");
    await waitFor(() => expect(router.state.location.searchStr).toBe("?team=research"));
    await userEvent.selectOptions(screen.getByRole("combobox", { name: "Period" }), "Last 90 days");
    await waitFor(() => expect(asked.at(-1)?.searchParams.get("days")).toBe("90"));
    expect(screen.queryByRole("combobox", { name: "Started by" })).toBeNull();
  });

  it("invite to start where there is nothing yet", async () => {
    answers = () => found({ total: NO_RUNS });
    await open();
    expect(await screen.findByText("No projects in this time")).toBeTruthy();
    expect(screen.getByRole("link", { name: "Start a project" })).toBeTruthy();
  });

  it("say in words that they cannot be read, with a way to try again", async () => {
    answers = () => refused("bad_arguments");
    await open();
    expect((await screen.findByRole("alert")).textContent).toContain("It went wrong.");
    answers = () => found();
    await userEvent.click(screen.getByRole("button", { name: "Try again" }));
    expect(await screen.findByRole("region", { name: "Summary" })).toBeTruthy();
  });
});
