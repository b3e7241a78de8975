import { act, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { renderLive } from "@/test/render-live";
import { startTour, tour } from "./state";
import { partOf, TourCard, TourGuide } from "./tour-guide";

beforeEach(async () => {
  localStorage.clear();
  await TourCard.preload();
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"], shouldAdvanceTime: true });
  // Nothing has a size in a test's document.
  vi.spyOn(Element.prototype, "getClientRects").mockReturnValue([{}] as unknown as DOMRectList);
});
afterEach(() => {
  tour.setState(null, true);
  vi.useRealTimers();
});

const PAGE = (
  <>
    <TourGuide />
    <textarea data-tour="brief" aria-label="Brief" />
    <nav>
      <a href="/inbox">Inbox</a>
    </nav>
  </>
);

async function newcomer() {
  const page = await renderLive(PAGE);
  page.connect();
  return page;
}

const settle = () => act(async () => vi.advanceTimersByTime(2_000));
const card = () => screen.queryByRole("region", { name: "Tour" });
const click = (name: string) => userEvent.click(screen.getByRole("button", { name }));

describe("the tour", () => {
  it("comes by itself to a newcomer, of what is on the page, without taking the focus", async () => {
    await newcomer();
    act(() => screen.getByRole("textbox").focus());
    expect(card()).toBeNull();
    await settle();
    expect(card()?.textContent).toContain("Say what the team should build");
    expect(card()?.textContent).toContain("1 of 2");
    expect(document.activeElement).toBe(screen.getByRole("textbox"));
    await click("Next");
    expect(card()?.textContent).toContain("What waits for you");
    await click("Back");
    expect(card()?.textContent).toContain("Say what the team should build");
  });

  it("never comes again once it was seen to its end; the other part still does", async () => {
    await newcomer();
    await settle();
    await click("Next");
    await click("Done");
    expect(card()).toBeNull();
    expect(localStorage.getItem("botarmy.tour")).toBe("home");
  });

  it("never comes again once it was skipped, nor does any other part", async () => {
    const { unmount } = await newcomer();
    await settle();
    await userEvent.keyboard("{Escape}");
    expect(card()).toBeNull();
    expect(localStorage.getItem("botarmy.tour")).toBe("home project");
    unmount();
    await newcomer();
    await settle();
    expect(card()).toBeNull();
  });

  it("leaves where what it is about goes out of sight, and comes another time", async () => {
    await newcomer();
    await settle();
    vi.mocked(Element.prototype.getClientRects).mockReturnValue([] as unknown as DOMRectList);
    act(() => void window.dispatchEvent(new Event("resize")));
    expect(card()).toBeNull();
    expect(localStorage.getItem("botarmy.tour")).toBeNull();
  });

  it("comes to who asks for it, with the focus", async () => {
    localStorage.setItem("botarmy.tour", "home project");
    await newcomer();
    await settle();
    act(() => startTour("home", true));
    expect(document.activeElement).toBe(screen.getByRole("button", { name: "Next" }));
  });

  it("has parts for the home page and for a project alone", () => {
    expect(["/", "/projects/r1", "/projects", "/monitor/jobs"].map(partOf)).toEqual([
      "home",
      "project",
      null,
      null,
    ]);
  });
});
