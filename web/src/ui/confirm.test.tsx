import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { Confirm, ConfirmDialog } from "./confirm";

beforeAll(() => ConfirmDialog.preload());

function asking() {
  const onConfirm = vi.fn();
  render(
    <Confirm
      trigger={<button type="button">Delete</button>}
      title="Delete this?"
      action="Delete it"
      keep="Keep it"
      onConfirm={onConfirm}
    >
      It is gone for good.
    </Confirm>,
  );
  return { onConfirm, opener: screen.getByRole("button", { name: "Delete" }) };
}

describe("a question before something that cannot be undone", () => {
  it("does it only once that is confirmed", async () => {
    const { onConfirm, opener } = asking();
    await userEvent.click(opener);
    expect(screen.getByRole("alertdialog", { name: "Delete this?" })).toBeTruthy();
    expect(onConfirm).not.toHaveBeenCalled();
    await userEvent.click(screen.getByRole("button", { name: "Delete it" }));
    expect(onConfirm).toHaveBeenCalledTimes(1);
    expect(screen.queryByRole("alertdialog")).toBeNull();
  });

  it("gives the focus back to what asked, also by Escape", async () => {
    const { onConfirm, opener } = asking();
    await userEvent.click(opener);
    expect(document.activeElement).toBe(screen.getByRole("button", { name: "Keep it" }));
    await userEvent.keyboard("{Escape}");
    expect(screen.queryByRole("alertdialog")).toBeNull();
    await waitFor(() => expect(document.activeElement).toBe(opener));
    expect(onConfirm).not.toHaveBeenCalled();
  });
});
