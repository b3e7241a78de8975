// The page: listens, asks logic.js, draws.
import { config } from "./config.js";
import { $, el } from "./dom.js";
import { add, change, check, LONGEST, remove, restore, select, sort, summary, toCsv, toggle } from "./logic.js";
import { load, save } from "./store.js";
import { startTheme } from "./theme.js";

const { fields, noun, nouns } = config;
let records = restore(load("records", []), fields);
let editing = null;

function control(field) {
  const id = `field-${field.id}`;
  if (field.type === "choice" || field.type === "rating") {
    const options = field.type === "rating" ? ["5", "4", "3", "2", "1"] : field.options;
    return el("select", { id }, el("option", { value: "" }, "–"), ...options.map((value) => el("option", { value }, value)));
  }
  if (field.type === "long") return el("textarea", { id, rows: 2, maxlength: LONGEST.long });
  const numeric = field.type === "number" || field.type === "money";
  return el("input", {
    id,
    type: field.type === "date" ? "date" : "text",
    inputmode: numeric ? "decimal" : null,
    maxlength: field.type === "text" ? LONGEST.text : null,
    autocomplete: "off",
  });
}

function buildForm() {
  for (const field of fields) {
    $("fields").append(el("label", { class: field.type === "long" ? "wide" : null }, field.label, control(field)));
  }
  const byNewest = el("option", { value: "" }, "Newest");
  $("sort").append(byNewest, ...fields.filter((field) => field.type !== "long").map((field) => el("option", { value: field.id }, field.label)));
  $("show").append(...[["all", "All"], ["open", "Open"], ["done", "Done"]].map(([value, word]) => el("option", { value }, word)));
}

function submit(event) {
  event.preventDefault();
  const raw = Object.fromEntries(fields.map((field) => [field.id, $(`field-${field.id}`).value]));
  const { values, error } = check(fields, raw);
  $("message").textContent = error ?? "";
  if (error) return;
  records = editing === null ? add(records, values) : change(records, editing, values);
  edit(null);
  keep();
  $(`field-${fields[0].id}`).focus();
}

function edit(record) {
  editing = record ? record.id : null;
  for (const field of fields) $(`field-${field.id}`).value = record?.values[field.id] ?? "";
  $("form-title").textContent = record ? `Change ${noun}` : `Add ${config.a_noun}`;
  $("submit").textContent = record ? "Save" : `Add ${noun}`;
  $("cancel").hidden = !record;
  $("message").textContent = "";
}

function keep() {
  save("records", records);
  draw();
}

function detail(field, value) {
  if (value === null || value === undefined) return null;
  if (field.type === "long") return el("p", { class: "long" }, value);
  if (field.type === "rating") return el("span", { class: "stars", role: "img", "aria-label": `${value} of 5` }, "★".repeat(value) + "☆".repeat(5 - value));
  const strong = field.type === "choice" && field.options[0] === value;
  const text = field.type === "money" ? value.toFixed(2) : String(value);
  const labelled = ["number", "date"].includes(field.type) ? `${field.label}: ${text}` : text;
  return el("span", { class: strong ? "tag strong number" : "tag number" }, labelled);
}

function row(record) {
  const name = String(record.values[fields[0].id]);
  const box = el("input", { type: "checkbox", checked: record.done, "aria-label": `${name}: done`, onchange: () => {
    records = toggle(records, record.id);
    keep();
  } });
  const details = fields.slice(1).map((field) => detail(field, record.values[field.id]));
  return el("li", { class: record.done ? "done" : null }, box,
    el("div", {}, el("div", { class: "name", dir: "auto" }, name), el("div", { class: "details" }, ...details)),
    el("div", { class: "actions" },
      el("button", { type: "button", class: "quiet small", "aria-label": `Change ${name}`, onclick: () => {
        edit(record);
        $("form").scrollIntoView({ block: "nearest" });
        $(`field-${fields[0].id}`).focus();
      } }, "Change"),
      el("button", { type: "button", class: "quiet small", "aria-label": `Remove ${name}`, onclick: () => {
        if (editing === record.id) edit(null);
        records = remove(records, record.id);
        keep();
      } }, "Remove")));
}

function draw() {
  const shown = sort(select(records, $("search").value, $("show").value), fields, $("sort").value);
  const { total, done, sum } = summary(shown, fields);
  $("list").replaceChildren(...shown.map(row));
  $("summary").textContent = `${total} ${total === 1 ? noun : nouns}, ${done} done${sum === null ? "" : `, ${sum.toFixed(2)} in all`}`;
  $("empty").hidden = shown.length > 0;
  $("empty").textContent = records.length ? `No ${nouns} match.` : `Nothing here yet. Add the first ${noun} above.`;
  $("export").disabled = records.length === 0;
}

function download() {
  const link = el("a", { href: URL.createObjectURL(new Blob([toCsv(records, fields)], { type: "text/csv" })), download: `${config.storage}.csv` });
  link.click();
  URL.revokeObjectURL(link.href);
}

buildForm();
startTheme();
$("form").addEventListener("submit", submit);
$("cancel").addEventListener("click", () => edit(null));
$("export").addEventListener("click", download);
for (const id of ["search", "show", "sort"]) $(id).addEventListener("input", draw);
draw();
