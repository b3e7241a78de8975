import { act, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it } from "vitest";
import { type Person, SessionKeeper } from "@/lib/session";
import { SessionProvider } from "@/lib/use-session";
import { FakeDoorway, refusal } from "@/test/fake-doorway";
import { Account } from "./account";
import { Gate } from "./gate";

const ANNA: Person = { name: "anna", role: "member" };
const TOKEN = `botarmy_${"a1B2".repeat(10)}`;

let doorway: FakeDoorway;
let session: SessionKeeper;

async function open(who?: Person | null) {
  doorway = new FakeDoorway(who);
  doorway.tokens.set(TOKEN, ANNA);
  session = new SessionKeeper(doorway, () => {});
  render(
    <SessionProvider session={session}>
      <Gate>
        <Account />
        <textarea aria-label="Note" />
      </Gate>
    </SessionProvider>,
  );
  await act(() => session.check());
}

function token(): HTMLInputElement {
  return screen.getByLabelText("Token");
}

async function signIn(text: string) {
  await userEvent.type(token(), text);
  await userEvent.click(screen.getByRole("button", { name: "Sign in" }));
}

beforeEach(() => localStorage.clear());

describe("the way in", () => {
  it("is open where nobody has to sign in, and nothing is said of it", async () => {
    await open();
    expect(screen.getByRole("textbox", { name: "Note" })).toBeTruthy();
    expect(screen.queryByRole("button", { name: /Signed in/ })).toBeNull();
  });

  it("shows nothing but the sign-in to who is not known, with the focus where the token goes", async () => {
    await open(null);
    expect(screen.queryByRole("textbox", { name: "Note" })).toBeNull();
    expect(document.activeElement).toBe(token());
    expect(token().type).toBe("password");
    expect(document.title).toBe("Sign in · BotArmy");
  });

  it("opens to a token", async () => {
    await open(null);
    await signIn(` ${TOKEN} `);
    expect(await screen.findByRole("textbox", { name: "Note" })).toBeTruthy();
    expect(screen.getByRole("button", { name: "Signed in as anna, member" })).toBeTruthy();
  });

  it("says what is wrong without asking the server where it can", async () => {
    await open(null);
    await signIn("hunter2");
    expect(screen.getByRole("alert").textContent).toContain("begins with botarmy_");
    expect(token().getAttribute("aria-invalid")).toBe("true");
    await userEvent.type(token(), "x");
    expect(screen.getByRole("alert").textContent).toBe("");
  });

  it("says in words that a token is not valid", async () => {
    await open(null);
    await signIn(`botarmy_${"x".repeat(40)}`);
    expect(screen.getByRole("alert").textContent).toBe(
      "This token is not valid. Check it, or ask an admin for a new one.",
    );
    expect(document.activeElement).toBe(token());
  });

  it("says when one may try again after too many wrong tokens", async () => {
    await open(null);
    doorway.failure = refusal("too_many_attempts", 30);
    await signIn(`botarmy_${"x".repeat(40)}`);
    const button = await screen.findByRole("button", { name: /Try again in (29|30|31) s/ });
    expect(button).toHaveProperty("disabled", true);
  });

  it("shows the token where that is wanted", async () => {
    await open(null);
    await userEvent.click(screen.getByRole("button", { name: "Show the token" }));
    expect(token().type).toBe("text");
  });
});

describe("a sign-in that ends", () => {
  it("hides the page, keeps what was typed, and gives it back", async () => {
    await open(ANNA);
    await userEvent.type(screen.getByRole("textbox", { name: "Note" }), "Use euros");
    doorway.user = null;
    await act(() => session.check());
    expect(screen.getByRole("heading", { name: "Sign in again" })).toBeTruthy();
    expect(screen.getByRole("status").textContent).toContain("revoked");
    const note = screen.getByLabelText<HTMLTextAreaElement>("Note");
    expect(note.style.display).toBe("none");
    await signIn(TOKEN);
    expect(note.style.display).toBe("");
    expect(screen.getByLabelText<HTMLTextAreaElement>("Note").value).toBe("Use euros");
  });

  it("ends by one's own wish", async () => {
    await open(ANNA);
    const out = screen.getByText("Sign out");
    await act(() => userEvent.click(out));
    expect(doorway.user).toBeNull();
    expect(doorway.reloads).toEqual(["/"]);
  });
});
