import { describe, expect, it } from "vitest";
import { FakeShelf } from "@/test/fake-shelf";
import { CREATED, event } from "@/test/sample";
import { CHARACTERS_KEPT, KeptViews, type Label, PROJECTS_KEPT, surplus } from "./kept";
import { evolve } from "./reduce";
import { type RunView, readRunView } from "./views";

function keeping(user = "anna") {
  const shelf = new FakeShelf();
  const clock = { now: 1_000 };
  const whose = { user };
  const kept = new KeptViews(
    shelf,
    (view) => readRunView(view),
    () => clock.now,
    () => whose.user,
  );
  return { shelf, clock, whose, kept };
}

const view = (run_id: string) => evolve(null, event(1, "run_status", CREATED, { run_id })) as RunView;

describe("what is kept of projects", () => {
  it("is given back as it was, with the moment at which it was so", async () => {
    const { kept } = keeping();
    await kept.keep("log", view("r1"));
    expect(await kept.read("r1")).toEqual({ at: 1_000, view: view("r1") });
    expect(await kept.read("r2")).toBeNull();
  });

  it("is given to nobody else", async () => {
    const { kept, whose } = keeping();
    await kept.keep("log", view("r1"));
    whose.user = "bert";
    expect(await kept.read("r1")).toBeNull();
  });

  it("goes where the log is another one", async () => {
    const { kept, shelf } = keeping();
    await kept.keep("log", view("r1"));
    await kept.belongTo("log");
    expect(await kept.read("r1")).not.toBeNull();
    await kept.belongTo("another log");
    expect(await shelf.labels()).toEqual([]);
  });

  it("goes where it is not wanted any more: one project, or all", async () => {
    const { kept, shelf } = keeping();
    for (const id of ["r1", "r2", "r3"]) await kept.keep("log", view(id));
    await kept.forget("r2");
    expect((await shelf.labels()).map(({ run_id }) => run_id)).toEqual(["r1", "r3"]);
    await kept.clear();
    expect(await shelf.labels()).toEqual([]);
  });

  it("is the last twenty projects", async () => {
    const { kept, clock } = keeping();
    for (let at = 0; at <= PROJECTS_KEPT; at++) {
      clock.now += 1;
      await kept.keep("log", view(`r${at}`));
    }
    expect(await kept.read("r0")).toBeNull();
    expect(await kept.read("r1")).not.toBeNull();
  });

  it("is no more than a bound of all together, the oldest going first", () => {
    const third = CHARACTERS_KEPT / 3;
    const labels = [1, 2, 3, 4].map(
      (at): Label => ({ run_id: `r${at}`, at, characters: third, user: "anna", epoch: "log" }),
    );
    expect(surplus(labels, { user: "anna", epoch: "log" })).toEqual(["r1"]);
  });

  it("is dropped where an older page kept it in another shape", async () => {
    const { kept, shelf } = keeping();
    const label = { run_id: "r1", at: 1, characters: 2, user: "anna", epoch: "log" };
    await shelf.put(label, {} as RunView);
    expect(await kept.read("r1")).toBeNull();
    expect(await shelf.labels()).toEqual([]);
  });

  it("never raises where storage is switched off", async () => {
    const { kept, shelf } = keeping();
    shelf.broken = true;
    await kept.keep("log", view("r1"));
    await kept.belongTo("log");
    await kept.clear();
    expect(await kept.read("r1")).toBeNull();
  });
});
