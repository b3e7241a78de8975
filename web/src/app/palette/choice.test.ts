import { Circle } from "lucide-react";
import { describe, expect, it } from "vitest";
import { type Choice, grouped } from "./choice";

function choice(id: string, label: string, group: Choice["group"]): Choice {
  return { id, label, group, icon: Circle, run: () => {} };
}

const ALL = [
  choice("/inbox", "Inbox", "pages"),
  choice("/projects", "Projects", "pages"),
  choice("pause", "Pause the project", "project"),
  choice("run:1", "Tip calculator", "projects"),
];
const shape = (recent: string[], query: string) =>
  grouped(ALL, recent, query).map(({ name, choices }) => [name, ...choices.map(({ id }) => id)]);

describe("what the palette offers", () => {
  it("begins with what was chosen lately, each once; what is not there any more is left out", () => {
    expect(shape(["run:1", "run:gone", "/inbox"], "")).toEqual([
      ["recent", "run:1", "/inbox"],
      ["project", "pause"],
      ["pages", "/projects"],
    ]);
  });

  it("is one list of what fits, once something is typed", () => {
    expect(shape(["/inbox"], "pro")).toEqual([[null, "/projects", "pause"]]);
    expect(shape([], "zzz")).toEqual([]);
  });
});
