// @vitest-environment node
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";

const run = promisify(execFile);

/** What the linter says about a file at `path` with one import. */
async function lint(path: string, imported: string): Promise<string> {
  const source = `import { x } from "${imported}";\n\nexport const y = x;\n`;
  const linting = run("node_modules/.bin/biome", ["lint", `--stdin-file-path=${path}`]);
  linting.child.stdin?.end(source);
  return linting.then(
    () => "",
    ({ stderr }: { stderr: string }) => stderr,
  );
}

describe("the layers app → features → ui, lib", () => {
  it.each([
    ["src/features/home/new.ts", "@/features/project/tree"],
    ["src/features/home/new.ts", "@/app/router"],
    ["src/features/home/new.ts", "../project/tree"],
    ["src/ui/new.ts", "@/features/home/brief"],
    ["src/ui/new.ts", "@/app/router"],
    ["src/lib/new.ts", "@/ui/cn"],
    ["src/lib/new.ts", "@/features/home/brief"],
    ["src/app/new.ts", "../lib/read"],
  ])("%s may not import %s", async (path, imported) => {
    expect(await lint(path, imported)).toContain("noRestrictedImports");
  });

  it.each([
    ["src/app/new.ts", "@/features/home/home-page"],
    ["src/features/home/new.ts", "@/ui/cn"],
    ["src/features/home/new.ts", "./brief"],
    ["src/ui/new.ts", "@/lib/read"],
  ])("%s may import %s", async (path, imported) => {
    expect(await lint(path, imported)).toBe("");
  });
});
