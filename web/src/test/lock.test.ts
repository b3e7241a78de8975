// @vitest-environment node
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { isObject, object } from "@/lib/read";

const lock = object(JSON.parse(readFileSync("package-lock.json", "utf8")));
const packages = Object.entries(object(lock.packages)).map(([path, entry]) => ({
  path,
  entry: object(entry),
}));
const paths = new Set(packages.map(({ path }) => path));

describe("the lock file", () => {
  it("names no address from which packages are downloaded", () => {
    expect(packages.filter(({ entry }) => "resolved" in entry)).toEqual([]);
  });

  it("names the optional packages of every platform, so that it installs on each", () => {
    const missing = packages.flatMap(({ path, entry }) => {
      const optional = isObject(entry.optionalDependencies) ? Object.keys(entry.optionalDependencies) : [];
      return optional.filter(
        (name) => !paths.has(`node_modules/${name}`) && !paths.has(`${path}/node_modules/${name}`),
      );
    });
    expect(missing).toEqual([]);
  });
});
