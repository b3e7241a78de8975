import assert from "node:assert/strict";
import { test } from "node:test";

import { config } from "../app/config.js";
import { buildPlan, checkSettings, clock, fresh, pause, remaining, restore, skip, start, tick } from "../app/logic.js";

const plan = buildPlan({ work: 25, rest: 5, long: 15, rounds: 2 }, 60);
const minute = 60_000;

test("{{ac_plan}}", () => {
  assert.deepEqual(plan.map(({ kind, seconds }) => [kind, seconds]), [["work", 1500], ["rest", 300], ["work", 1500], ["long", 900]]);
  const own = buildPlan(config.settings, config.unitSeconds);
  assert.equal(own.filter((step) => step.kind === "work").length, config.settings.rounds);
  assert.equal(own[0].seconds, config.settings.work * config.unitSeconds);
});

test("{{ac_run}}", () => {
  const running = start(fresh(plan), 1000);
  assert.equal(remaining(running, 1000 + 10 * minute), 15 * minute);
  const paused = pause(running, 1000 + 10 * minute);
  assert.equal(remaining(paused, 1000 + 99 * minute), 15 * minute);
  assert.equal(remaining(start(paused, 200 * minute), 205 * minute), 10 * minute);
  assert.equal(start(running, 5000), running);
});

test("{{ac_next}}", () => {
  const { state, ended } = tick(plan, start(fresh(plan), 0), 25 * minute, false);
  assert.deepEqual(state, { index: 1, leftMs: 5 * minute, endsAt: null, finished: 1 });
  assert.equal(ended.length, 1);
  const early = tick(plan, start(fresh(plan), 0), 25 * minute - 1, false);
  assert.equal(early.state.finished, 0);
});

test("{{ac_sleep}}", () => {
  const asleep = tick(plan, start(fresh(plan), 0), 32 * minute, true);
  assert.equal(asleep.state.index, 2);
  assert.equal(remaining(asleep.state, 32 * minute), 23 * minute);
  const overnight = tick(plan, start(fresh(plan), 0), 600 * minute, true);
  assert.deepEqual(overnight.state, { index: 0, leftMs: 25 * minute, endsAt: null, finished: 2 });
  const waiting = tick(plan, start(fresh(plan), 0), 600 * minute, false);
  assert.equal(waiting.state.finished, 1);
});

test("{{ac_skip}}", () => {
  const skipped = skip(plan, start(fresh(plan), 0));
  assert.deepEqual(skipped, { index: 1, leftMs: 5 * minute, endsAt: null, finished: 0 });
  assert.equal(plan.reduce((state) => skip(plan, state), fresh(plan)).index, 0);
  assert.deepEqual(fresh(plan, 3), { index: 0, leftMs: 25 * minute, endsAt: null, finished: 3 });
});

test("{{ac_wrong}}", () => {
  const good = { work: "25", rest: "5", long: "15", rounds: "4" };
  assert.deepEqual(checkSettings(good, {}).settings, { work: 25, rest: 5, long: 15, rounds: 4 });
  for (const bad of ["0", "-1", "1.5", "", "many", "601"]) {
    assert.match(checkSettings({ ...good, work: bad }, { work: "Focus" }).error, /^Focus: a whole number from 1 to 600/);
  }
});

test("{{ac_clock}}", () => {
  assert.equal(clock(25 * minute), "25:00");
  assert.equal(clock(1), "00:01");
  assert.equal(clock(59_001), "01:00");
  assert.equal(clock(0), "00:00");
  assert.equal(clock(100 * minute), "100:00");
});

test("{{ac_stored}}", () => {
  const paused = pause(start(fresh(plan), 0), minute);
  assert.deepEqual(restore(plan, JSON.parse(JSON.stringify(paused))), paused);
  for (const bad of [null, "x", {}, { ...paused, index: 9 }, { ...paused, leftMs: 1e12 }, { ...paused, endsAt: "soon" }]) {
    assert.deepEqual(restore(plan, bad), fresh(plan));
  }
});
