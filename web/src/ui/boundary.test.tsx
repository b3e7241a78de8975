import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import { CrashContext } from "@/lib/crash-context";
import { Boundary } from "./boundary";

function Panel({ broken }: { broken: () => boolean }) {
  if (broken()) throw new TypeError("x is undefined");
  return <p>all well</p>;
}

describe("Boundary", () => {
  it("keeps a fault inside its panel, in words, with a way back", async () => {
    // React tells the console of every caught fault.
    vi.spyOn(console, "error").mockImplementation(() => {});
    let broken = true;
    render(
      <>
        <Boundary name="The conversation">
          <Panel broken={() => broken} />
        </Boundary>
        <p>beside it</p>
      </>,
    );
    expect(screen.getByText("beside it")).toBeTruthy();
    expect(screen.getByRole("alert").textContent).toContain("The conversation cannot be shown");
    expect(screen.getByRole("alert").textContent).not.toContain("undefined");
    broken = false;
    await userEvent.click(screen.getByRole("button", { name: "Show again" }));
    expect(screen.getByText("all well")).toBeTruthy();
  });

  it("tells of the fault once, and shows the reference that finds it", () => {
    vi.spyOn(console, "error").mockImplementation(() => {});
    const onCrash = vi.fn(() => "7F3K-9Q2M");
    render(
      <CrashContext value={onCrash}>
        <Boundary name="The conversation">
          <Panel broken={() => true} />
        </Boundary>
      </CrashContext>,
    );
    expect(onCrash.mock.calls).toEqual([[new TypeError("x is undefined"), "The conversation"]]);
    expect(screen.getByRole("alert").textContent).toContain("Reference 7F3K-9Q2M");
  });
});
