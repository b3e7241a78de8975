/** What a person has after a download: a folder. */

import { execFile } from "node:child_process";
import { readdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const PYTHON = fileURLToPath(new URL("../../../.venv/bin/python", import.meta.url));
const run = promisify(execFile);

/** The sorted paths of what was in the archive; they are in the folder now. */
export async function unpack(archive: string, folder: string): Promise<readonly string[]> {
  await run(PYTHON, ["-m", "zipfile", "-e", archive, folder]);
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath.slice(folder.length + 1)}/${entry.name}`.replace(/^\//, ""))
    .sort();
}

/** Raises with what the tests said where one fails. */
export async function runItsTests(folder: string): Promise<string> {
  // The environment of this runner would make node report to it.
  const { NODE_OPTIONS: _, ...env } = process.env;
  return (await run(process.execPath, ["--test"], { cwd: folder, env })).stdout;
}
