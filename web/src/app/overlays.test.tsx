import { act, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { renderLive } from "@/test/render-live";
import { closeOverlay } from "./overlay";
import { Overlays, preloadOverlays } from "./overlays";
import { switchSingleKeys } from "./single-keys";

beforeAll(() => preloadOverlays(), 60_000);

beforeEach(() => {
  closeOverlay();
  switchSingleKeys(true);
  localStorage.clear();
  vi.stubGlobal("fetch", () => Promise.resolve(new Response(JSON.stringify({ runs: [], position: 1 }))));
  Element.prototype.scrollIntoView = () => {};
});

async function opened() {
  const page = await renderLive(
    <>
      <Overlays />
      <textarea aria-label="Note" />
    </>,
  );
  return page;
}

const palette = () => screen.queryByRole("dialog", { name: "Commands" });
const field = () => screen.getByRole("combobox");
/** What a screen reader is told to be chosen by Enter. */
const active = () =>
  document.getElementById(field().getAttribute("aria-activedescendant") ?? "")?.textContent;

describe("the palette", () => {
  it("opens with Ctrl and K, also while somebody types, and closes with it", async () => {
    await opened();
    await userEvent.click(screen.getByRole("textbox", { name: "Note" }));
    await userEvent.keyboard("{Control>}k{/Control}");
    expect(palette()).toBeTruthy();
    expect(document.activeElement).toBe(field());
    await userEvent.keyboard("{Control>}k{/Control}");
    expect(palette()).toBeNull();
    await waitFor(() => expect(document.activeElement).toBe(screen.getByRole("textbox", { name: "Note" })));
  });

  it("finds a page by a few letters and goes there", async () => {
    const { router } = await opened();
    await userEvent.keyboard("{Control>}k{/Control}");
    await userEvent.type(field(), "prj");
    expect(active()).toBe("ProjectsPages");
    await userEvent.keyboard("{Enter}");
    await waitFor(() => expect(router.state.location.pathname).toBe("/projects"));
  });

  it("lists no page that this BotArmy does not have", async () => {
    await opened();
    await userEvent.keyboard("{Control>}k{/Control}");
    const pages = within(screen.getByRole("group", { name: "Pages" }));
    const names = pages.getAllByRole("option").map(({ textContent }) => textContent);
    expect(names).toContain("Projects");
    // The test's own router has none of these.
    for (const missing of ["Inbox", "Teams", "Settings"]) expect(names).not.toContain(missing);
  });

  it("moves through all choices with the arrows, round and round", async () => {
    await opened();
    await userEvent.keyboard("{Control>}k{/Control}");
    const options = screen.getAllByRole("option").map(({ textContent }) => textContent);
    expect(active()).toBe(options[0]);
    await userEvent.keyboard("{ArrowDown}");
    expect(active()).toBe(options[1]);
    await userEvent.keyboard("{ArrowUp}{ArrowUp}");
    expect(active()).toBe(options.at(-1));
  });

  it("begins with what was chosen lately", async () => {
    await opened();
    for (const typed of ["dark", ""]) {
      await userEvent.keyboard("{Control>}k{/Control}");
      if (typed === "") break;
      await userEvent.type(field(), "home{Enter}");
    }
    expect(screen.getByRole("group", { name: "Recent" }).textContent).toContain("Home");
  });

  it("finds an older project on the server", async () => {
    const asked: string[] = [];
    const run = { run_id: "r9", title: "Tip calculator", team: "software", owner: "local" };
    const rest = { status: "completed", outcome: "succeeded", waiting: 0, progress: 1, steps: [] };
    const times = { created_at: "2026-11-20T12:42:33.242Z", updated_at: "2026-11-20T12:42:33.242Z" };
    vi.stubGlobal("fetch", (path: string) => {
      asked.push(path);
      return Promise.resolve(
        new Response(JSON.stringify({ runs: [{ ...run, ...rest, ...times }], next: null, position: 1 })),
      );
    });
    await opened();
    await userEvent.keyboard("{Control>}k{/Control}");
    await userEvent.type(field(), "tip calc");
    expect(await screen.findByRole("option", { name: /Tip calculator/ })).toBeTruthy();
    expect(asked.filter((path) => path.includes("q="))).toEqual(["/api/runs?limit=50&q=tip+calc"]);
  });

  it("says that nothing was found, and that the server cannot be asked", async () => {
    vi.stubGlobal("fetch", () => Promise.reject(new TypeError("away")));
    await opened();
    await userEvent.keyboard("{Control>}k{/Control}");
    await userEvent.type(field(), "zzz");
    expect(await screen.findByText("Older projects cannot be searched right now.")).toBeTruthy();
    expect(screen.getByText("Nothing is found for “zzz”")).toBeTruthy();
  });
});

describe("single keys", () => {
  it("show all shortcuts, but never while somebody types", async () => {
    await opened();
    await userEvent.type(screen.getByRole("textbox", { name: "Note" }), "really?");
    expect(screen.queryByRole("dialog")).toBeNull();
    act(() => screen.getByRole("textbox", { name: "Note" }).blur());
    await userEvent.keyboard("?");
    expect(screen.getByRole("dialog", { name: "Keyboard shortcuts" })).toBeTruthy();
  });

  it("can be switched off, and then do nothing", async () => {
    await opened();
    await userEvent.keyboard("?");
    await userEvent.click(screen.getByRole("checkbox", { name: /Use single keys/ }));
    await userEvent.keyboard("{Escape}");
    await userEvent.keyboard("?");
    expect(screen.queryByRole("dialog")).toBeNull();
    await userEvent.keyboard("{Control>}k{/Control}");
    expect(palette()).toBeTruthy();
  });
});
