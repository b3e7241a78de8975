// @vitest-environment node
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const FORBIDDEN = [
  ["features/home", "@/features/project/tree"],
  ["features/home", "@/app/router"],
  ["features/home", "../project/tree"],
  ["ui", "@/features/home/brief"],
  ["ui", "@/app/router"],
  ["lib", "@/ui/cn"],
  ["lib", "@/features/home/brief"],
  ["words", "@/lib/format"],
  ["app", "../lib/read"],
  ["app", "sonner"],
  ["features/home", "sonner"],
] as const;

const ALLOWED = [
  ["app", "@/features/home/home-page"],
  ["features/home", "@/ui/cn"],
  ["features/home", "./brief"],
  ["ui", "@/lib/read"],
  ["lib", "@/words"],
] as const;

const cases = [...FORBIDDEN, ...ALLOWED];
const linter = resolve("node_modules/.bin/biome");
let folder = "";
let report = "";

/** One file for each case, judged by this project's own rules. */
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "layers-"));
  for (const rules of ["biome.json", "lint"]) cpSync(rules, join(folder, rules), { recursive: true });
  for (const [at, [layer, imported]] of cases.entries()) {
    const file = join(folder, "src", layer, `case${at}.ts`);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `import { x } from "${imported}";\n\nexport const y = x;\n`);
  }
  report = linted();
});

afterAll(() => rmSync(folder, { recursive: true }));

function linted(): string {
  try {
    return execFileSync(linter, ["lint", "--max-diagnostics=none", "."], {
      cwd: folder,
      encoding: "utf8",
      stdio: "pipe",
    });
  } catch (error) {
    return String((error as { stderr: unknown }).stderr);
  }
}

function refused(layer: string, imported: string): boolean {
  const at = cases.findIndex((one) => one[0] === layer && one[1] === imported);
  return new RegExp(`case${at}\\.ts:\\S+ lint/style/noRestrictedImports`).test(report);
}

describe("the layers app → features → ui, lib", () => {
  it.each(FORBIDDEN)("src/%s may not import %s", (layer, imported) => {
    expect(refused(layer, imported)).toBe(true);
  });

  it.each(ALLOWED)("src/%s may import %s", (layer, imported) => {
    expect(refused(layer, imported)).toBe(false);
  });
});
