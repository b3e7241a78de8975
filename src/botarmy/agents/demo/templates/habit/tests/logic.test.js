import assert from "node:assert/strict";
import { test } from "node:test";

import { config } from "../app/config.js";
import { add, checkName, lastThirty, longest, mark, remove, rename, restore, shift, streak, week } from "../app/logic.js";

const today = "2026-03-02";
const habits = ["Read", "Walk"].reduce(add, []);

test("{{ac_add}}", () => {
  const names = (list) => list.map(({ name }) => name);
  assert.deepEqual(names(rename(habits, 1, "Write")), ["Write", "Walk"]);
  assert.deepEqual(names(remove(habits, 1)), ["Walk"]);
  assert.deepEqual(names(config.habits.reduce(add, [])), config.habits);
});

test("{{ac_wrong}}", () => {
  assert.match(checkName(habits, "  ").error, /a name/);
  assert.match(checkName(habits, "x".repeat(61)).error, /at most 60/);
  assert.match(checkName(habits, "walk").error, /of this name/);
  assert.equal(checkName(habits, "walk", 2).name, "walk");
});

test("{{ac_mark}}", () => {
  const marked = mark(habits, 1, today);
  assert.deepEqual(marked[0].days, [today]);
  assert.deepEqual(mark(marked, 1, today), habits);
  assert.equal(marked[1], habits[1]);
});

test("{{ac_streak}}", () => {
  const days = ["2026-02-27", "2026-02-28", "2026-03-01"];
  assert.equal(streak({ days }, today), 3);
  assert.equal(streak({ days: [...days, today] }, today), 4);
  assert.equal(streak({ days }, shift(today, 1)), 0);
  assert.equal(streak({ days: [] }, today), 0);
});

test("{{ac_longest}}", () => {
  assert.equal(longest({ days: ["2028-02-28", "2028-02-29", "2028-03-01", "2028-03-03"] }), 3);
  assert.equal(longest({ days: ["2026-12-31", "2027-01-01"] }), 2);
  assert.equal(longest({ days: [] }), 0);
});

test("{{ac_week}}", () => {
  assert.deepEqual(week(today), ["2026-02-24", "2026-02-25", "2026-02-26", "2026-02-27", "2026-02-28", "2026-03-01", today]);
});

test("{{ac_share}}", () => {
  const days = [shift(today, -30), shift(today, -29), today, shift(today, 1)];
  assert.equal(lastThirty({ days }, today), 2);
});

test("{{ac_stored}}", () => {
  const marked = mark(habits, 2, today);
  assert.deepEqual(restore(JSON.parse(JSON.stringify(marked))), marked);
  assert.deepEqual(restore([...marked, null, { id: 1 }, "x"]), marked);
  assert.deepEqual(restore([{ id: 1, name: "Read", days: ["soon", today, today] }])[0].days, [today]);
  assert.equal(restore("nonsense"), null);
});
