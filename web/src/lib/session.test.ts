import { beforeEach, describe, expect, it, vi } from "vitest";
import { FakeDoorway, refusal } from "@/test/fake-doorway";
import type { Person, SignedIn } from "./session";
import { readSignedIn, SessionKeeper } from "./session";

const ANNA: Person = { name: "anna", role: "member" };
const BOB: Person = { name: "bob", role: "viewer" };

let doorway: FakeDoorway;
let session: SessionKeeper;
const onIn = vi.fn();

function at(user?: Person | null) {
  doorway = new FakeDoorway(user);
  doorway.tokens.set("annas", ANNA).set("bobs", BOB);
  session = new SessionKeeper(doorway, onIn);
  return session.check();
}

function state() {
  return session.store.getState();
}

beforeEach(() => {
  onIn.mockReset();
  localStorage.clear();
  sessionStorage.clear();
});

describe("a session", () => {
  it("is the local admin's where nobody has to sign in, and keeps what was kept", async () => {
    localStorage.setItem("botarmy.draft", "A timer");
    await at();
    expect(state()).toEqual({ status: "in", required: false, user: { name: "local", role: "admin" } });
    expect({ ...localStorage }).toEqual({ "botarmy.draft": "A timer" });
  });

  it("begins with a token, and with what this person typed before", async () => {
    localStorage.setItem("botarmy.user", "anna");
    localStorage.setItem("botarmy.draft", "A timer");
    await at(null);
    expect(state()).toEqual({ status: "out", ended: false });
    expect(onIn).not.toHaveBeenCalled();
    await session.signIn("annas");
    expect(state()).toEqual({ status: "in", required: true, user: ANNA });
    expect(onIn).toHaveBeenCalledTimes(1);
    expect(localStorage.getItem("botarmy.draft")).toBe("A timer");
  });

  it("begins without what another person left, but for the theme", async () => {
    localStorage.setItem("botarmy.user", "bob");
    localStorage.setItem("botarmy.draft", "Bob's timer");
    localStorage.setItem("botarmy.theme", "dark");
    sessionStorage.setItem("botarmy.client", "tab");
    await at(ANNA);
    expect({ ...localStorage }).toEqual({ "botarmy.user": "anna", "botarmy.theme": "dark" });
    expect({ ...sessionStorage }).toEqual({});
  });

  it("is out after a refused token, which is told", async () => {
    await at(null);
    await expect(session.signIn("no one's")).rejects.toMatchObject({ problem: { code: "bad_token" } });
    expect(state()).toEqual({ status: "out", ended: false });
  });

  it("ends when the server says so, and goes on for the same person without loading the page again", async () => {
    await at(ANNA);
    doorway.user = null;
    await session.check();
    expect(state()).toEqual({ status: "out", ended: true });
    await session.signIn("annas");
    expect(state()).toMatchObject({ status: "in", user: ANNA });
    expect(doorway.reloads).toEqual([]);
  });

  it("is not ended by an answer to what was asked before somebody signed in", async () => {
    await at(null);
    let answer: (told: SignedIn) => void = () => undefined;
    doorway.ask = () =>
      new Promise((resolve) => {
        answer = resolve;
      });
    const asked = session.check();
    await session.signIn("annas");
    answer({ required: true, user: null });
    await asked;
    expect(state()).toMatchObject({ status: "in", user: ANNA });
  });

  it("loads the page again where somebody else signs in on it", async () => {
    await at(ANNA);
    localStorage.setItem("botarmy.draft", "Anna's timer");
    doorway.user = null;
    await session.check();
    await session.signIn("bobs");
    expect(doorway.reloads).toEqual([""]);
    expect(localStorage.getItem("botarmy.draft")).toBeNull();
    expect(state()).toEqual({ status: "out", ended: true });
  });

  it("leaves nothing at a sign-out, neither stored nor in the page's memory", async () => {
    await at(ANNA);
    localStorage.setItem("botarmy.draft", "Anna's timer");
    await session.signOut();
    expect(doorway.user).toBeNull();
    expect({ ...localStorage }).toEqual({});
    expect(doorway.reloads).toEqual(["/"]);
  });

  it("stays where the sign-out did not reach the server", async () => {
    await at(ANNA);
    doorway.failure = refusal("unreachable");
    await expect(session.signOut()).rejects.toMatchObject({ problem: { code: "unreachable" } });
    expect(state()).toMatchObject({ status: "in", user: ANNA });
    expect(doorway.reloads).toEqual([]);
  });

  it("is unknown where the server cannot be asked, and known once it can", async () => {
    doorway = new FakeDoorway(ANNA);
    doorway.failure = refusal("unreachable");
    session = new SessionKeeper(doorway, onIn);
    await session.check();
    expect(state()).toEqual({ status: "unknown" });
    doorway.failure = null;
    await session.check();
    expect(state()).toMatchObject({ status: "in" });
  });

  it("stays as it is known where the server cannot be asked again", async () => {
    await at(ANNA);
    doorway.failure = refusal("unreachable");
    await session.check();
    expect(state()).toMatchObject({ status: "in", user: ANNA });
  });

  it("is asked for once, however many wonder at the same time", async () => {
    await at(ANNA);
    const ask = vi.spyOn(doorway, "ask");
    await Promise.all([session.check(), session.check(), session.check()]);
    expect(ask).toHaveBeenCalledTimes(1);
  });
});

describe("who is signed in, on the wire", () => {
  it("reads a role that it does not know as the least of them", () => {
    const told = { required: true, user: { name: "anna", role: "auditor", more: 1 } };
    expect(readSignedIn(told)).toEqual({ required: true, user: { name: "anna", role: "viewer" } });
    expect(readSignedIn({ required: true, user: null })).toEqual({ required: true, user: null });
  });
});
