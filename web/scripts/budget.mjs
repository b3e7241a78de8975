// Fails the build when a page's first load needs more JavaScript than is promised.
import { readFileSync, rmSync } from "node:fs";
import { gzipSync } from "node:zlib";

const BUDGET_KB = 250;
const dist = new URL("../dist/", import.meta.url);
const manifest = JSON.parse(readFileSync(new URL(".vite/manifest.json", dist), "utf8"));

/** All chunks that must be there before `key` runs. */
function needed(key, seen = new Set()) {
  if (seen.has(key)) return seen;
  seen.add(key);
  for (const next of manifest[key].imports ?? []) needed(next, seen);
  return seen;
}

function kilobytes(keys) {
  let bytes = 0;
  for (const key of keys) bytes += gzipSync(readFileSync(new URL(manifest[key].file, dist))).length;
  return bytes / 1024;
}

const shell = needed("index.html");
// What the router loads; what the pages load later in their turn is not needed for their first sight.
const pages = manifest["index.html"].dynamicImports.filter((key) => key.startsWith("src/features/"));
let failed = false;
for (const page of ["index.html", ...pages]) {
  const size = kilobytes(new Set([...shell, ...needed(page)]));
  failed ||= size > BUDGET_KB;
  console.log(`first load ${size.toFixed(1).padStart(6)} KB gz of ${BUDGET_KB}   ${page}`);
}
// Only this check reads it; it is not part of what is served.
rmSync(new URL(".vite/", dist), { recursive: true });
if (failed) {
  console.error(`More than ${BUDGET_KB} KB of JavaScript before a page works: load something later.`);
  process.exit(1);
}
