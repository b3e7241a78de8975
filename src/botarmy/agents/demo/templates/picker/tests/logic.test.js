import assert from "node:assert/strict";
import { test } from "node:test";

import { config } from "../app/config.js";
import { fairly, fault, group, pick, read, shuffle } from "../app/logic.js";

const names = ["Ada", "Grace", "Linus", "Margaret", "Tim"];
const first = () => 0;

test("{{ac_read}}", () => {
  assert.deepEqual(read("  Ada \n\n Grace\r\n   \nLinus"), ["Ada", "Grace", "Linus"]);
  assert.deepEqual(read(""), []);
});

test("{{ac_fair}}", () => {
  const counts = [0, 0, 0];
  for (let value = 0; value < 65_535; value += 1) {
    const bytes = [value >> 8, value & 255];
    counts[fairly(() => bytes.shift())(3)] += 1;
  }
  assert.deepEqual(counts, [21_845, 21_845, 21_845]);
  assert.deepEqual(names.map((_, index) => pick(names, [], false, () => index)), names);
});

test("{{ac_once}}", () => {
  let history = [];
  for (let round = 0; round < names.length * 2; round += 1) history = [pick(names, history, true, first), ...history];
  assert.deepEqual([...history.slice(names.length)].sort(), names);
  assert.deepEqual([...history.slice(0, names.length)].sort(), names);
  assert.equal(pick(names, ["Ada"], false, first), "Ada");
});

test("{{ac_shuffle}}", () => {
  assert.deepEqual([...shuffle(names, (n) => n >> 1)].sort(), names);
  assert.notDeepEqual(shuffle(names, first), names);
  assert.deepEqual(names, ["Ada", "Grace", "Linus", "Margaret", "Tim"]);
});

test("{{ac_groups}}", () => {
  for (let count = 1; count <= names.length; count += 1) {
    const groups = group(names, count, (n) => n - 1);
    const sizes = groups.map((members) => members.length);
    assert.deepEqual(groups.flat().sort(), names);
    assert.ok(Math.max(...sizes) - Math.min(...sizes) <= 1);
  }
});

test("{{ac_wrong}}", () => {
  assert.match(fault(["alone"]), /at least two/);
  for (const count of [0, 6, 1.5, Number.NaN]) assert.match(fault(names, count), /1 to 5/);
  assert.equal(fault(names, 5), null);
});

test("{{ac_start}}", () => {
  assert.equal(fault(config.entries), null);
  assert.deepEqual(read(config.entries.join("\n")), config.entries);
});
