import { describe, expect, it } from "vitest";
import type { ArtifactView } from "@/lib/views";
import { fileLanguage, kindOf } from "./file-kind";
import { type Folder, treeOf } from "./tree";

function file(path: string): ArtifactView {
  return {
    path,
    version: 1,
    size: 1,
    media_type: "text/plain",
    sha256: "",
    step: null,
    by: "x",
    timestamp: "",
  };
}

function outline({ folders, files }: Folder): object {
  return Object.fromEntries([
    ...folders.map((inside) => [`${inside.name}/`, outline(inside)]),
    ...files.map(({ path }) => [path.split("/").at(-1), path]),
  ]);
}

describe("treeOf", () => {
  it("nests files in their folders", () => {
    expect(outline(treeOf(["README.md", "app/index.html", "app/js/a.js", "docs/x.md"].map(file)))).toEqual({
      "app/": { "js/": { "a.js": "app/js/a.js" }, "index.html": "app/index.html" },
      "docs/": { "x.md": "docs/x.md" },
      "README.md": "README.md",
    });
  });

  it("is not confused by names like those of objects' parts", () => {
    expect(treeOf([file("__proto__/constructor")]).folders[0]?.files).toHaveLength(1);
  });
});

describe("kindOf", () => {
  it.each([
    ["README.md", "text/plain", "markdown"],
    ["app/index.HTML", "application/octet-stream", "html"],
    ["logo.svg", "image/svg+xml", "image"],
    ["Dockerfile", "text/plain", "code"],
  ])("%s (%s) is shown as %s", (path, type, kind) => {
    expect(kindOf(path, type)).toBe(kind);
  });
});

describe("fileLanguage", () => {
  it.each([
    ["app/app.js", "javascript"],
    ["Dockerfile", "docker"],
    ["a/b.py", "python"],
    ["LICENSE", "text"],
    ["x.constructor", "text"],
  ])("%s is coloured as %s", (path, language) => {
    expect(fileLanguage(path)).toBe(language);
  });
});
