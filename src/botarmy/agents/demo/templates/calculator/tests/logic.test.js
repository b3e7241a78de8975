import assert from "node:assert/strict";
import { test } from "node:test";

import { calculate, show } from "../app/logic.js";

const value = (sum) => calculate(sum).value;

test("{{ac_basic}}", () => {
  assert.equal(value("1 + 2"), 3);
  assert.equal(value("7−10"), -3);
  assert.equal(value("1,5 × 4"), 6);
  assert.equal(value(".5 ÷ 2."), 0.25);
});

test("{{ac_order}}", () => {
  assert.equal(value("2 + 3 * 4"), 14);
  assert.equal(value("(2 + 3) * 4"), 20);
  assert.equal(value("2 * 3 ^ 2"), 18);
  assert.equal(value("2 ^ 3 ^ 2"), 512);
  assert.equal(value("10 - 4 - 3"), 3);
});

test("{{ac_minus}}", () => {
  assert.equal(value("-3 + 5"), 2);
  assert.equal(value("4 * -(1 + 1)"), -8);
  assert.equal(value("-2 ^ 2"), -4);
});

test("{{ac_percent}}", () => {
  assert.equal(value("200 * 15%"), 30);
  assert.equal(value("50%%"), 0.005);
});

test("{{ac_wrong}}", () => {
  for (const sum of ["1 +", "(1", "1)", "1 2", "* 3", "one", "1..2", "()", "-8 ^ , 5"]) {
    assert.equal(typeof calculate(sum).error, "string", sum);
  }
  assert.match(calculate("1+".repeat(200)).error, /at most/);
  assert.deepEqual(calculate("  "), {});
});

test("{{ac_zero}}", () => {
  assert.equal(calculate("1 / 0").error, "Nothing can be divided by zero.");
  assert.equal(calculate("1 / (2 - 2)").error, "Nothing can be divided by zero.");
  assert.match(calculate("9 ^ 9999").error, /too large/);
});

test("{{ac_show}}", () => {
  assert.equal(show(0.1 + 0.2), "0.3");
  assert.equal(show(-0), "0");
  assert.equal(show(-2.5), "−2.5");
});

test("{{ac_code}}", () => {
  for (const sum of ["alert(1)", "process.exit()", "1;2", "`1`", "<script>"]) assert.equal(typeof calculate(sum).error, "string", sum);
});
