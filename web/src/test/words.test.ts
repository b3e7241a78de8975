/** The rule of lint/words.grit: what people read or hear stands in src/words. */

import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, it } from "vitest";

const BIOME = resolve("node_modules/.bin/biome");
const FOUND = /file=(\S+?),line=(\d+)[^\n]*Put this into src\/words/g;

const PAGE = [
  "export function Page({ on, says }: { on: boolean; says: Record<string, string> }) {",
  '  const look = { word: "Starting", kind: "busy" };',
  '  if (on) throw new Error("The page is wrong");',
  "  return (",
  '    <p className="flex gap-2" aria-live="polite" aria-labelledby="title">',
  '      <b title="Three files">BotArmy</b> · {says.lead} {look.word}',
  '      <i aria-label={on ? "Running" : says.off} role={on ? "status" : "alert"} />',
  '      {on && "maybe"}',
  '      {on !== ("yes" as unknown) && <i placeholder={says.hint} />}',
  "      <u>Nothing waits</u>",
  "    </p>",
  "  );",
  "}",
].join("\n");

/** Where the linter finds words, as `file:line`, with the page as each of these files. */
async function found(...files: readonly string[]): Promise<readonly string[]> {
  const folder = await mkdtemp(join(tmpdir(), "botarmy-words-"));
  for (const one of ["biome.json", "lint"]) await cp(one, join(folder, one), { recursive: true });
  for (const file of files) {
    await mkdir(join(folder, file, ".."), { recursive: true });
    await writeFile(join(folder, file), PAGE);
  }
  const said = await new Promise<string>((done) => {
    execFile(BIOME, ["lint", "--reporter=github", "src"], { cwd: folder }, (_, out, more) =>
      done(out + more),
    );
  });
  await rm(folder, { recursive: true });
  return [...said.matchAll(FOUND)].map(([, file, line]) => `${file?.split("/").at(-1)}:${line}`).sort();
}

it("finds what people read or hear in a page, and nothing else", { timeout: 30_000 }, async () => {
  const lines = [2, 6, 7, 8, 10].map((line) => `page.tsx:${line}`).sort();
  expect(await found("src/features/page.tsx", "src/words/here.tsx", "src/features/a.test.tsx")).toEqual(
    lines,
  );
});
