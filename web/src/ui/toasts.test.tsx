import { act, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { toast, untold } from "./toast";
import { Toaster, Toasts } from "./toasts";

afterEach(() => untold.setState([], true));

describe("short news", () => {
  beforeAll(() => Toaster.preload(), 30_000);

  it("needs nothing of the page before there is some", () => {
    const { container } = render(<Toasts />);
    expect(container.innerHTML).toBe("");
  });

  it("is shown also where it was told before what shows it was there", async () => {
    toast("The project was deleted.");
    render(<Toasts />);
    act(() => toast.error("This cannot be paused.", { description: "It has ended." }));
    expect(await screen.findByText("The project was deleted.")).toBeTruthy();
    expect(await screen.findByText("It has ended.")).toBeTruthy();
    expect(untold.getState()).toEqual([]);
  });

  it("keeps no more than the last few that wait", () => {
    for (let one = 1; one <= 9; one++) toast(`News ${one}`);
    expect(untold.getState().map(({ message }) => message)).toEqual(
      [5, 6, 7, 8, 9].map((one) => `News ${one}`),
    );
  });
});

describe("short news whose own code cannot be loaded", () => {
  beforeEach(() => {
    // The console is told of every fault that is caught.
    vi.spyOn(console, "error").mockReturnValue();
    vi.resetModules();
    vi.doMock("./toaster", () => {
      throw new TypeError("Failed to fetch dynamically imported module");
    });
  });
  afterEach(() => vi.doUnmock("./toaster"));

  it("is told plainly, and can be put away", async () => {
    const fresh = await import("./toasts");
    const told = await import("./toast");
    await fresh.Toaster.preload();
    render(<fresh.Toasts />);
    await act(async () => told.toast.error("This cannot be paused."));
    expect(screen.getByRole("alert").textContent).toContain("This cannot be paused.");
    await userEvent.click(screen.getByRole("button", { name: "Close" }));
    expect(screen.queryByRole("alert")).toBeNull();
  });
});
