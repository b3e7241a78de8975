import assert from "node:assert/strict";
import { test } from "node:test";

import { config } from "../app/config.js";
import { cents, check, LIMITS, money, settle, split } from "../app/logic.js";

const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);

test("{{ac_total}}", () => {
  const { tipCents, totalCents } = settle({ billCents: 8450, percent: 15, people: 2 });
  assert.equal(tipCents, 1268);
  assert.equal(totalCents, 9718);
  for (const percent of config.tips) assert.equal(settle({ billCents: 10_000, percent, people: 1 }).tipCents, percent * 100);
});

test("{{ac_exact}}", () => {
  for (let people = 1; people <= LIMITS.people; people += 1) {
    for (const billCents of [1, 99, 10_000, 33_333, 100_001]) {
      const { shares, totalCents } = settle({ billCents, percent: 17.5, people });
      assert.equal(sum(shares), totalCents, `${people} people, ${billCents} cents`);
      assert.ok(Math.max(...shares) - Math.min(...shares) <= 1);
    }
  }
});

test("{{ac_weights}}", () => {
  assert.deepEqual(split(9000, [1, 2]), [3000, 6000]);
  assert.deepEqual(split(100, [1, 1, 1]), [34, 33, 33]);
  assert.deepEqual(split(900, [0, 0.5, 1]), [0, 300, 600]);
  assert.deepEqual(split(900, [0, 0]), [0, 0]);
});

test("{{ac_round}}", () => {
  const { shares, extraCents, totalCents } = settle({ billCents: 10_000, percent: 0, people: 3 }, [], true);
  assert.deepEqual(shares, [3400, 3400, 3400]);
  assert.equal(extraCents, 200);
  assert.ok(sum(shares) >= totalCents);
});

test("{{ac_comma}}", () => {
  assert.equal(cents("84.50"), 8450);
  assert.equal(cents(" 84,5 "), 8450);
  assert.equal(cents("84"), 8400);
  for (const bad of ["", "-1", "1.234", "1e3", "1,000.00", "x"]) assert.equal(cents(bad), null);
});

test("{{ac_wrong}}", () => {
  const good = { bill: "50", tip: "10", people: "2" };
  assert.deepEqual(check(good).bill, { billCents: 5000, percent: 10, people: 2 });
  assert.match(check({ ...good, bill: "0" }).error, /^The bill/);
  assert.match(check({ ...good, bill: "lots" }).error, /^The bill/);
  assert.match(check({ ...good, tip: "101" }).error, /^The tip/);
  assert.match(check({ ...good, people: "0" }).error, /^The number of people/);
  assert.match(check({ ...good, people: "51" }).error, /^The number of people/);
});

test("{{ac_money}}", () => {
  assert.equal(money(5), "0.05");
  assert.equal(money(123_450, "€"), "€1234.50");
});
