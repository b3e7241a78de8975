import { act, render, screen } from "@testing-library/react";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { SessionKeeper } from "@/lib/session";
import { Live } from "@/lib/store";
import { FakeDoorway } from "@/test/fake-doorway";
import { FakeWorld, welcomeFrame } from "@/test/fake-world";
import { App } from "./app";

const SIGNED_OUT = { code: "not_signed_in", message: "This BotArmy asks who you are." };

let world: FakeWorld;
let doorway: FakeDoorway;
let session: SessionKeeper;

/** The whole page of somebody who is signed in, with its connection open. */
async function open() {
  world = new FakeWorld();
  doorway = new FakeDoorway({ name: "anna", role: "member" });
  session = new SessionKeeper(doorway, () => live.connection.start());
  const live = new Live(
    world,
    (apply) => apply(),
    "tab",
    () => session.check(),
  );
  live.connection.start();
  render(<App live={live} session={session} onCrash={() => null} readKept={() => Promise.resolve(null)} />);
  await act(() => session.check());
  act(welcome);
}

function welcome() {
  const { socket } = world;
  socket.accept();
  socket.say(welcomeFrame({ topics: ["runs"] }));
  socket.say({ type: "snapshot", topic: "runs", position: 100, data: { runs: [] } });
}

beforeEach(() => {
  localStorage.clear();
  vi.spyOn(window, "scrollTo").mockReturnValue();
});

describe("the page of somebody whose sign-in ends elsewhere", () => {
  it("asks for it again as soon as the connection is closed for that", async () => {
    vi.stubGlobal("fetch", () => new Promise(() => {}));
    await open();
    doorway.user = null;
    await act(async () => world.socket.drop(4005));
    expect(screen.getByRole("heading", { name: "Sign in again" })).toBeTruthy();
  });

  it("asks for it again as soon as a request is refused for that", async () => {
    vi.stubGlobal("fetch", () => {
      doorway.user = null;
      return Promise.resolve(new Response(JSON.stringify(SIGNED_OUT), { status: 401 }));
    });
    await open();
    // The page that asks is loaded first.
    expect(await screen.findByRole("heading", { name: "Sign in again" }, { timeout: 5_000 })).toBeTruthy();
  });

  it("goes on where it was once the connection can be opened again", async () => {
    vi.stubGlobal("fetch", () => new Promise(() => {}));
    await open();
    doorway.tokens.set("annas", { name: "anna", role: "member" });
    doorway.user = null;
    await act(async () => world.socket.drop(4501));
    await act(() => session.signIn("annas"));
    act(welcome);
    expect(screen.getByText("Connected to BotArmy")).toBeTruthy();
  });
});
