/** A team in a folder of a person's own. */

import { mkdir, readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

const SHIPPED = fileURLToPath(new URL("../../../src/botarmy/teams/software.yaml", import.meta.url));

/** The team that ships, in the folder, except that nobody has an answer prepared for when the model fails. */
export async function teamWithoutFallbacks(folder: string): Promise<void> {
  const lines = (await readFile(SHIPPED, "utf8")).split("\n");
  await mkdir(folder, { recursive: true });
  await writeFile(`${folder}/software.yaml`, lines.filter((line) => !/^\s*fallback:/.test(line)).join("\n"));
}
