// The page: listens, asks logic.js, draws on every keystroke.
import { config } from "./config.js";
import { $, el } from "./dom.js";
import { convert, find, others, read, show } from "./logic.js";
import { load, save } from "./store.js";
import { startTheme } from "./theme.js";

const { categories } = config;
const last = { value: "20", from: config.from, to: config.to, ...load("last", {}) };
let category = find(categories, last.from);

const unit = (id) => category.units.find((candidate) => candidate.id === id);

function fillUnits(from, to) {
  const options = () => category.units.map(({ id, name, label }) => el("option", { value: id }, `${name} (${label})`));
  $("from").replaceChildren(...options());
  $("to").replaceChildren(...options());
  $("from").value = unit(from) ? from : category.units[0].id;
  $("to").value = unit(to) ? to : category.units[1].id;
  $("example").hidden = category.example !== true;
}

function draw() {
  const typed = $("value").value;
  const [from, to] = [unit($("from").value), unit($("to").value)];
  const value = read(typed);
  save("last", { value: typed, from: from.id, to: to.id });
  $("message").textContent = value === null && typed.trim() !== "" ? "Type a number such as 20 or -3.5." : "";
  $("result").textContent = value === null ? "–" : `${show(convert(value, from, to))} ${to.label}`;
  const rows = value === null ? [] : others(value, from, category.units);
  $("all").replaceChildren(...rows.map((row) =>
    el("div", {}, el("dt", {}, row.unit.name), el("dd", { class: "number" }, `${show(row.value)} ${row.unit.label}`))));
}

$("category").append(...categories.map(({ id, label }) => el("option", { value: id }, label)));
$("category").value = category.id;
$("category-row").hidden = categories.length < 2;
$("category").addEventListener("change", () => {
  category = categories.find(({ id }) => id === $("category").value);
  fillUnits("", "");
  draw();
});
$("swap").addEventListener("click", () => {
  [$("from").value, $("to").value] = [$("to").value, $("from").value];
  draw();
});
$("form").addEventListener("submit", (event) => event.preventDefault());
for (const id of ["value", "from", "to"]) $(id).addEventListener("input", draw);
$("value").value = String(last.value);
startTheme();
fillUnits(last.from, last.to);
draw();
