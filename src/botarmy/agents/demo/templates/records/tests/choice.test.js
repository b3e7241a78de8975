import assert from "node:assert/strict";
import { test } from "node:test";

import { config } from "../app/config.js";
import { sort } from "../app/logic.js";

const field = config.fields.find((candidate) => candidate.type === "choice");

test("{{ac_choice}}", () => {
  const records = [...field.options].reverse().map((option, index) => ({ id: index + 1, done: false, values: { [field.id]: option } }));
  const without = { id: 9, done: false, values: { [field.id]: null } };
  const sorted = sort([without, ...records], config.fields, field.id);
  assert.deepEqual(sorted.map((record) => record.values[field.id]), [...field.options, null]);
});
