import assert from "node:assert/strict";
import { test } from "node:test";

import { config } from "../app/config.js";
import { check, summary } from "../app/logic.js";

const field = config.fields.find((candidate) => candidate.type === "money");

test("{{ac_money}}", () => {
  const records = ["0.10", "0.20", "12,5"].map((text, index) => {
    const { values } = check([{ id: field.id, label: field.label, type: "money" }], { [field.id]: text });
    return { id: index + 1, done: false, values };
  });
  assert.equal(summary(records, config.fields).sum, 12.8);
  assert.equal(summary([], config.fields).sum, 0);
});
