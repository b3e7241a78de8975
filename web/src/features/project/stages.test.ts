import { describe, expect, it } from "vitest";
import type { ArtifactView, StepView } from "@/lib/views";
import { stagesOf } from "./stages";

function file(path: string, step: string | null): ArtifactView {
  return { path, step, version: 1, size: 1, media_type: "text/plain", sha256: "", by: "", timestamp: "" };
}

const steps = ["analyst:Requirements", "architect:Design", "developer:Development"].map((one) => {
  const [step, title] = one.split(":");
  return { step, title } as StepView;
});

describe("the stages of a project's files", () => {
  it("are the parts of the work that left files, in their order", () => {
    const artifacts = [
      file("app.js", "developer"),
      file("notes.md", "analyst"),
      file("tests.js", "developer"),
    ];
    expect(stagesOf({ steps, artifacts }).map(({ title, files }) => [title, files.length])).toEqual([
      ["Requirements", 1],
      ["Development", 2],
    ]);
  });

  it("end with the files that no agent of the team wrote", () => {
    const artifacts = [file("brief.pdf", null), file("old.md", "somebody"), file("notes.md", "analyst")];
    expect(stagesOf({ steps, artifacts }).map(({ title, files }) => [title, files.length])).toEqual([
      ["Requirements", 1],
      ["Others", 2],
    ]);
  });
});
