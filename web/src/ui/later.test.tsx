import { act, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { Suspense } from "react";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { Boundary } from "./boundary";
import { later } from "./later";

const Editor = ({ text }: { text: string }) => <p>editor of {text}</p>;
const GONE = new TypeError("Failed to fetch dynamically imported module");

function shown(Part: ReturnType<typeof later<{ text: string }>>) {
  return render(
    <>
      <Boundary name="The editor">
        <Suspense fallback={<p>coming</p>}>
          <Part text="a.md" />
        </Suspense>
      </Boundary>
      <p>beside it</p>
    </>,
  );
}

describe("a part whose code is loaded when it is wanted", () => {
  // The console is told of every fault that a boundary catches.
  beforeEach(() => void vi.spyOn(console, "error").mockReturnValue());

  it("is drawn once it has come; until then something stands in for it", async () => {
    let come: (part: typeof Editor) => void = () => {};
    const load = vi.fn(() => new Promise<typeof Editor>((settle) => (come = settle)));
    await act(async () => shown(later(load)));
    expect(screen.getByText("coming")).toBeTruthy();
    await act(async () => come(Editor));
    expect(screen.getByText("editor of a.md")).toBeTruthy();
    expect(load).toHaveBeenCalledTimes(1);
  });

  it("is drawn at once where it was preloaded", async () => {
    const Part = later(() => Promise.resolve(Editor));
    await Part.preload();
    shown(Part);
    expect(screen.getByText("editor of a.md")).toBeTruthy();
  });

  it("keeps its failure inside the panel, and comes at the next try", async () => {
    let away = true;
    await act(async () => shown(later(() => (away ? Promise.reject(GONE) : Promise.resolve(Editor)))));
    expect(screen.getByRole("alert").textContent).toContain("The editor could not be loaded");
    expect(screen.getByText("beside it")).toBeTruthy();
    away = false;
    const again = screen.getByRole("button", { name: "Try again" });
    await act(() => userEvent.click(again));
    expect(screen.getByText("editor of a.md")).toBeTruthy();
  });

  it("offers to reload the page: its code may be of an older version", async () => {
    const reload = vi.spyOn(window.location, "reload").mockReturnValue();
    await act(async () => shown(later(() => Promise.reject(GONE))));
    await userEvent.click(screen.getByRole("button", { name: "Reload the page" }));
    expect(reload).toHaveBeenCalledTimes(1);
  });

  it("is asked for again by a preload that comes after a failed one", async () => {
    const load = vi.fn(() => Promise.reject<typeof Editor>(GONE));
    const Part = later(load);
    await Part.preload();
    load.mockResolvedValue(Editor);
    await Part.preload();
    shown(Part);
    expect(screen.getByText("editor of a.md")).toBeTruthy();
  });
});
