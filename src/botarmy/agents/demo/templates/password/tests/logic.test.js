import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";

import { config } from "../app/config.js";
import { character, chosen, fault, generate, KINDS, LENGTH, strength } from "../app/logic.js";

const byte = () => randomBytes(1)[0];
const all = { length: 20, lower: true, upper: true, digits: true, symbols: true, readable: false };

test("{{ac_length}}", () => {
  for (const length of [LENGTH.least, 16, LENGTH.most]) assert.equal(generate({ ...all, length }, byte).length, length);
});

test("{{ac_kinds}}", () => {
  for (let round = 0; round < 50; round += 1) {
    const password = generate({ ...all, length: 4 }, byte);
    for (const kind of Object.values(KINDS)) assert.ok([...password].some((c) => kind.includes(c)), password);
    assert.match(generate({ ...all, upper: false, symbols: false, lower: false }, byte), /^\d{20}$/);
  }
});

test("{{ac_readable}}", () => {
  for (let round = 0; round < 50; round += 1) assert.doesNotMatch(generate({ ...all, readable: true }, byte), /[lI1O0o|]/);
});

test("{{ac_fair}}", () => {
  const alphabet = chosen({ ...all, readable: true }).join("");
  const usable = 256 - (256 % alphabet.length);
  const counts = new Map();
  for (let value = 0; value < usable; value += 1) {
    const c = character(alphabet, () => value);
    counts.set(c, (counts.get(c) ?? 0) + 1);
  }
  assert.equal(counts.size, alphabet.length);
  assert.deepEqual(new Set(counts.values()), new Set([usable / alphabet.length]));
  assert.throws(() => character("abc", () => 255), /no usable bytes/);
});

test("{{ac_wrong}}", () => {
  assert.match(fault({ length: 12 }), /at least one kind/);
  for (const length of [3, 65, 12.5, Number.NaN, "12"]) assert.match(fault({ ...all, length }), /^The length is/);
  assert.throws(() => generate({ length: 12 }, byte), /at least one kind/);
});

test("{{ac_strength}}", () => {
  assert.deepEqual(strength({ length: 10, digits: true }), { bits: 33, word: "weak" });
  assert.equal(strength(all).word, "very strong");
  assert.ok(strength({ ...all, length: 21 }).bits > strength(all).bits);
});

test("{{ac_start}}", () => {
  assert.equal(fault(config.options), null);
  assert.equal(generate(config.options, byte).length, config.options.length);
});
