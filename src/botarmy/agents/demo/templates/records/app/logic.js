// The rules of a list of records: plain values in, plain values out; no browser, no clock, no chance.
// A field is { id, label, type, options? }; the first one names the record.

export const LONGEST = { text: 200, long: 2000 };

/** The values of a form as a record's values, or the first thing that is wrong with them, in words. */
export function check(fields, raw) {
  const values = {};
  for (const [index, field] of fields.entries()) {
    const text = String(raw[field.id] ?? "").trim();
    if (text === "") {
      if (index === 0) return { error: `${field.label} is needed.` };
      values[field.id] = null;
      continue;
    }
    const read = readers[field.type](text, field);
    if (read === undefined) return { error: `${field.label} is not valid: ${hints[field.type](field)}.` };
    values[field.id] = read;
  }
  return { values };
}

const number = (text) => (/^[+-]?\d+([.,]\d+)?$/.test(text) ? Number(text.replace(",", ".")) : undefined);
const short = (length) => (text) => (text.length <= length ? text : undefined);
const within = (low, high, value) => (value !== undefined && value >= low && value <= high ? value : undefined);

const readers = {
  text: short(LONGEST.text),
  long: short(LONGEST.long),
  number: (text) => within(-1e9, 1e9, number(text)),
  money: (text) => {
    const amount = within(-1e9, 1e9, number(text));
    return amount === undefined ? undefined : Math.round(amount * 100) / 100;
  },
  date: (text) => (isDate(text) ? text : undefined),
  choice: (text, field) => (field.options.includes(text) ? text : undefined),
  rating: (text) => (/^[1-5]$/.test(text) ? Number(text) : undefined),
};

const hints = {
  text: () => `at most ${LONGEST.text} characters`,
  long: () => `at most ${LONGEST.long} characters`,
  number: () => "a number",
  money: () => "an amount such as 12.50",
  date: () => "a date",
  choice: (field) => `one of ${field.options.join(", ")}`,
  rating: () => "1 to 5",
};

function isDate(text) {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

export function add(records, values) {
  const id = records.reduce((highest, record) => Math.max(highest, record.id), 0) + 1;
  return [...records, { id, done: false, values }];
}

export function change(records, id, values) {
  return records.map((record) => (record.id === id ? { ...record, values } : record));
}

export function toggle(records, id) {
  return records.map((record) => (record.id === id ? { ...record, done: !record.done } : record));
}

export function remove(records, id) {
  return records.filter((record) => record.id !== id);
}

/** Records whose values contain every word of the query, in any field; `state` is all, open or done. */
export function select(records, query = "", state = "all") {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  return records.filter((record) => {
    const text = Object.values(record.values).join(" ").toLowerCase();
    const fits = state === "all" || record.done === (state === "done");
    return fits && words.every((word) => text.includes(word));
  });
}

/** Sorted by a field; what has no value comes last. Choices follow the order of their options. */
export function sort(records, fields, by) {
  const field = fields.find((candidate) => candidate.id === by);
  if (!field) return [...records].sort((a, b) => b.id - a.id);
  const rank = (record) => {
    const value = record.values[field.id] ?? null;
    return value !== null && field.type === "choice" ? field.options.indexOf(value) : value;
  };
  const direction = field.type === "rating" ? -1 : 1;
  return [...records].sort((a, b) => compare(rank(a), rank(b), direction) || a.id - b.id);
}

function compare(a, b, direction) {
  if (a === null || b === null) return (a === null) - (b === null);
  return direction * (typeof a === "number" ? a - b : String(a).localeCompare(String(b)));
}

/** How many there are, how many are done, and the sum of the first amount field (null without one). */
export function summary(records, fields) {
  const money = fields.find((field) => field.type === "money");
  const cents = (record) => Math.round((record.values[money.id] ?? 0) * 100);
  return {
    total: records.length,
    done: records.filter((record) => record.done).length,
    sum: money ? records.reduce((sum, record) => sum + cents(record), 0) / 100 : null,
  };
}

/** A table for spreadsheets. A cell that a spreadsheet would run as a formula is made text. */
export function toCsv(records, fields) {
  const cell = (value) => {
    const text = String(value ?? "");
    const safe = typeof value === "string" && /^[=+\-@\t]/.test(text) ? `'${text}` : text;
    return /[",\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  const lines = records.map((record) => [...fields.map((field) => record.values[field.id]), record.done ? "yes" : "no"]);
  return [[...fields.map((field) => field.label), "Done"], ...lines].map((line) => line.map(cell).join(",")).join("\n");
}

/** What was stored, as far as it is still usable: a damaged record is left out, the others stay. */
export function restore(stored, fields) {
  if (!Array.isArray(stored)) return [];
  return stored.flatMap((record) => {
    const read = record && Number.isInteger(record.id) && record.values ? check(fields, record.values) : {};
    return read.values ? [{ id: record.id, done: record.done === true, values: read.values }] : [];
  });
}
