import assert from "node:assert/strict";
import { test } from "node:test";

import { config } from "../app/config.js";
import { add, change, check, remove, restore, select, sort, summary, toCsv, toggle } from "../app/logic.js";

const { fields } = config;
const [first] = fields;
const sample = { text: "Sample", long: "Some words", number: "3", money: "12.50", date: "2026-03-01", rating: "4" };
const raw = (name) => ({
  ...Object.fromEntries(fields.map((field) => [field.id, field.type === "choice" ? field.options[0] : sample[field.type]])),
  [first.id]: name,
});
const list = (...names) => names.reduce((records, name) => add(records, check(fields, raw(name)).values), []);
const namesOf = (records) => records.map((record) => record.values[first.id]);

test("{{ac_add}}", () => {
  const [record] = list("First");
  assert.deepEqual(Object.keys(record.values), fields.map((field) => field.id));
  assert.equal(record.values[first.id], "First");
  assert.equal(record.done, false);
});

test("{{ac_needed}}", () => {
  assert.deepEqual(check(fields, { ...raw("x"), [first.id]: "   " }), { error: `${first.label} is needed.` });
});

test("{{ac_wrong}}", () => {
  const bad = { text: "x".repeat(201), long: "x".repeat(2001), number: "many", money: "1.2.3", date: "2026-02-30", choice: "none of them", rating: "6" };
  for (const field of fields) {
    const { error } = check(fields, { ...raw("x"), [field.id]: bad[field.type] });
    assert.match(error, /is not valid/, `${field.label} took ${bad[field.type]}`);
  }
});

test("{{ac_done}}", () => {
  const records = toggle(list("One", "Two"), 1);
  assert.deepEqual(namesOf(select(records, "", "done")), ["One"]);
  assert.deepEqual(namesOf(select(records, "", "open")), ["Two"]);
  assert.deepEqual(toggle(records, 1), list("One", "Two"));
});

test("{{ac_change}}", () => {
  const records = list("One", "Two");
  const changed = change(records, 2, check(fields, raw("Other")).values);
  assert.deepEqual(namesOf(changed), ["One", "Other"]);
  assert.deepEqual(namesOf(remove(changed, 1)), ["Other"]);
  assert.deepEqual(namesOf(records), ["One", "Two"]);
});

test("{{ac_search}}", () => {
  const records = list("Red apple", "Green pear");
  assert.deepEqual(namesOf(select(records, "APPLE red")), ["Red apple"]);
  assert.deepEqual(select(records, "plum"), []);
});

test("{{ac_sort}}", () => {
  const records = list("Beta", "Alpha", "Gamma");
  assert.deepEqual(namesOf(sort(records, fields, first.id)), ["Alpha", "Beta", "Gamma"]);
  assert.deepEqual(namesOf(sort(records, fields, "")), ["Gamma", "Alpha", "Beta"]);
});

test("{{ac_csv}}", () => {
  const [head, line] = toCsv(list('Say "yes", twice'), fields).split("\n");
  assert.equal(head.split(",").length, fields.length + 1);
  assert.ok(line.startsWith('"Say ""yes"", twice"'));
  assert.ok(toCsv(list("=1+1"), fields).includes("'=1+1"));
});

test("{{ac_restore}}", () => {
  const records = list("Kept", "Also kept");
  assert.deepEqual(restore(JSON.parse(JSON.stringify(records)), fields), records);
  assert.deepEqual(restore([...records, null, { id: "x" }, { id: 9, values: {} }], fields), records);
  assert.deepEqual(restore("nonsense", fields), []);
  assert.equal(summary(records, fields).total, 2);
});
