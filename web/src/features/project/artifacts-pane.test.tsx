import { fireEvent, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { evolve } from "@/lib/reduce";
import type { ArtifactView, RunView } from "@/lib/views";
import { readEvent } from "@/lib/wire";
import { renderLive } from "@/test/render-live";
import { CREATED, rawEvent } from "@/test/sample";
import { ArtifactsPane } from "./artifacts-pane";
import { preloadParts } from "./parts";

const VERSIONS = ["# Tips\n\nNobody tips.\n", "# Tips\n\nEverybody tips.\n"];

function file(path: string, step: string, version = 1): ArtifactView {
  return {
    path,
    step,
    version,
    size: 30,
    media_type: "text/plain",
    sha256: `${path}${version}`,
    by: step,
    timestamp: "2026-11-20T12:00:00.000Z",
  };
}

function Pane({ artifacts }: { artifacts: readonly ArtifactView[] }) {
  const [shown, setShown] = useState<string | null>(null);
  const started = evolve(null, readEvent(rawEvent(1, "run_status", CREATED))) as RunView;
  return <ArtifactsPane view={{ ...started, artifacts }} shown={shown} onShow={setShown} />;
}

function names(): string[] {
  const files = within(screen.getByRole("navigation", { name: "Files" }));
  return files.getAllByRole("button").map((button) => button.title);
}

beforeAll(preloadParts);

beforeEach(() => {
  vi.stubGlobal("fetch", (url: string) => {
    const version = new URL(url, "http://localhost").searchParams.get("version");
    return Promise.resolve(new Response(VERSIONS[Number(version) - 1] ?? "{}"));
  });
  vi.stubGlobal("matchMedia", () => ({ matches: true, addEventListener() {}, removeEventListener() {} }));
});

describe("the files of a project", () => {
  it("are found by the part of the work that they came from", async () => {
    await renderLive(<Pane artifacts={[file("app.js", "architect"), file("notes.txt", "analyst")]} />, "/");
    expect(names()).toEqual(["app.js", "notes.txt"]);
    await userEvent.click(screen.getByRole("tab", { name: "Analyst's part" }));
    expect(names()).toEqual(["notes.txt"]);
    await userEvent.click(screen.getByRole("tab", { name: "All" }));
    expect(names()).toEqual(["app.js", "notes.txt"]);
  });

  it("have no tabs where one agent wrote all of them", async () => {
    await renderLive(<Pane artifacts={[file("app.js", "developer")]} />, "/");
    expect(names()).toEqual(["app.js"]);
    expect(screen.queryByRole("tab")).toBeNull();
  });

  it("are drawn a part at a time where there are thousands, with their folders closed", async () => {
    const numbers = Array.from({ length: 2_500 }, (_, at) => String(at).padStart(4, "0"));
    const artifacts = numbers.flatMap((at) => [file(`${at}.txt`, "a"), file(`pages/${at}.html`, "a")]);
    await renderLive(<Pane artifacts={artifacts} />, "/");
    const drawn = (ending: string) => document.querySelectorAll(`nav button[title$="${ending}"]`);
    expect(drawn(".txt")).toHaveLength(100);
    expect(drawn(".html")).toHaveLength(0);
    fireEvent.click(screen.getByText("2,400 more files"));
    expect(drawn(".txt")).toHaveLength(200);
    fireEvent.click(screen.getByText("pages"));
    expect(drawn(".html")).toHaveLength(100);
  }, 30_000);

  it("can be read as they were, and compared with the version before", async () => {
    await renderLive(<Pane artifacts={[file("rules.txt", "analyst", 2)]} />, "/");
    await userEvent.click(screen.getByRole("button", { name: /rules\.txt/ }));
    await screen.findByText(/Everybody tips/);
    const preview = within(screen.getByRole("region", { name: "Preview of rules.txt" }));
    await userEvent.selectOptions(preview.getByRole("combobox", { name: "Version of rules.txt" }), "1");
    await preview.findByText(/Nobody tips/);
    expect(preview.queryByRole("button", { name: /^Edit/ })).toBeNull();
    expect(preview.queryByRole("button", { name: /^Compare/ })).toBeNull();

    await userEvent.selectOptions(preview.getByRole("combobox", { name: "Version of rules.txt" }), "2");
    await userEvent.click(preview.getByRole("button", { name: "Compare with v1" }));
    const table = await preview.findByRole("table", { name: "v1 → v2: 1 line added, 1 line removed" });
    const rows = within(table)
      .getAllByRole("row")
      .map(({ textContent }) => textContent);
    expect(rows).toEqual(["11# Tips", "22", "3−Removed:Nobody tips.", "3+Added:Everybody tips."]);
    await userEvent.click(preview.getByRole("button", { name: "Show the file" }));
    expect(preview.queryByRole("table")).toBeNull();
  });
});
