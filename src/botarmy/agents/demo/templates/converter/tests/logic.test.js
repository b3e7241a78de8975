import assert from "node:assert/strict";
import { test } from "node:test";

import { config } from "../app/config.js";
import { convert, find, others, read, show } from "../app/logic.js";

const { categories } = config;
const celsius = { id: "c", factor: 1, offset: 0 };
const fahrenheit = { id: "f", factor: 5 / 9, offset: (-32 * 5) / 9 };
const known = { celsius: ["fahrenheit", 0, "32"], mile: ["kilometre", 1, "1.609344"], pound: ["gram", 1, "453.59237"] };

test("{{ac_known}}", () => {
  assert.equal(show(convert(0, celsius, fahrenheit)), "32");
  assert.equal(show(convert(-40, celsius, fahrenheit)), "−40");
  assert.equal(show(convert(1, { id: "mi", factor: 1609.344, offset: 0 }, { id: "km", factor: 1000, offset: 0 })), "1.609344");
  for (const [from, [to, value, expected]] of Object.entries(known)) {
    const units = Object.fromEntries(find(categories, from).units.map((unit) => [unit.id, unit]));
    if (units[from]) assert.equal(show(convert(value, units[from], units[to])), expected);
  }
});

test("{{ac_there}}", () => {
  for (const { units } of categories) {
    for (const from of units) {
      for (const to of units) {
        const back = convert(convert(12.5, from, to), to, from);
        assert.ok(Math.abs(back - 12.5) < 1e-9, `${from.id} to ${to.id}`);
      }
    }
  }
});

test("{{ac_all}}", () => {
  for (const { units } of categories) {
    const rows = others(7, units[0], units);
    assert.deepEqual(rows.map(({ unit }) => unit.id), units.slice(1).map(({ id }) => id));
    for (const { unit, value } of rows) assert.equal(value, convert(7, units[0], unit));
  }
});

test("{{ac_read}}", () => {
  assert.equal(read(" 12,5 "), 12.5);
  assert.equal(read("-3"), -3);
  assert.equal(read("−3.25"), -3.25);
});

test("{{ac_wrong}}", () => {
  for (const bad of ["", "x", "1.2.3", "1e5", "--1", "∞", "0x10"]) assert.equal(read(bad), null, bad);
});

test("{{ac_show}}", () => {
  assert.equal(show(0.1 + 0.2), "0.3");
  assert.equal(show(1 / 3), "0.3333333333");
  assert.equal(show(0), "0");
  assert.equal(show(5.684341886080802e-14), "0");
});

test("{{ac_start}}", () => {
  const { units } = find(categories, config.from);
  assert.ok(units.some(({ id }) => id === config.from));
  assert.ok(units.some(({ id }) => id === config.to));
  assert.notEqual(config.from, config.to);
});
