import assert from "node:assert/strict";
import { test } from "node:test";

import { config } from "../app/config.js";
import { add, begin, checkName, counts, leaders, press, remove, rename, reset, restore, total, undo } from "../app/logic.js";

const empty = begin(["Red", "Blue"]);
const played = [[1, 1], [2, 1], [2, 1], [1, 1], [2, -1]].reduce((state, [id, by]) => press(state, id, by), empty);

test("{{ac_count}}", () => {
  assert.deepEqual([...counts(played)], [[1, 2], [2, 1]]);
  assert.equal(total(played), 3);
  assert.equal(press(played, 99, 1), played);
  assert.equal(begin(config.counters).counters.length, config.counters.length);
});

test("{{ac_zero}}", () => {
  assert.equal(press(empty, 1, -1), empty);
  assert.equal(counts(press(press(empty, 1, 1), 1, -1)).get(1), 0);
});

test("{{ac_undo}}", () => {
  assert.deepEqual([...counts(undo(played))], [[1, 2], [2, 2]]);
  let state = played;
  for (let presses = 0; presses < 10; presses += 1) state = undo(state);
  assert.deepEqual(state, empty);
});

test("{{ac_leader}}", () => {
  assert.deepEqual(leaders(empty), []);
  assert.deepEqual(leaders(played), [1]);
  assert.deepEqual(leaders(undo(played)), [1, 2]);
});

test("{{ac_names}}", () => {
  assert.deepEqual(add(played, "Green").counters.at(-1), { id: 3, name: "Green" });
  assert.equal(rename(played, 1, "Pink").counters[0].name, "Pink");
  assert.deepEqual([...counts(remove(played, 1))], [[2, 1]]);
  assert.match(checkName(played, " ").error, /a name/);
  assert.match(checkName(played, "blue").error, /of this name/);
  assert.match(checkName(played, "x".repeat(41)).error, /at most 40/);
  assert.equal(checkName(played, " blue ", 2).name, "blue");
});

test("{{ac_reset}}", () => {
  assert.deepEqual(reset(played), empty);
});

test("{{ac_stored}}", () => {
  assert.deepEqual(restore(JSON.parse(JSON.stringify(played))), played);
  const damaged = [null, "x", { counters: [] }, { ...played, steps: [{ id: 1, by: -1 }] }, { ...played, steps: [{ id: 9, by: 1 }] }];
  for (const bad of damaged) assert.equal(restore(bad), null);
});
