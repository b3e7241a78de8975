// The page: listens, asks logic.js, draws the counters.
import { config } from "./config.js";
import { $, el } from "./dom.js";
import { add, begin, checkName, counts, leaders, press, remove, rename, reset, restore, total, undo } from "./logic.js";
import { load, save } from "./store.js";
import { startTheme } from "./theme.js";

let state = restore(load("state", null)) ?? begin(config.counters);

function keep(next, focus) {
  state = next;
  save("state", state);
  draw();
  if (focus) document.querySelector(`[data-at="${focus}"]`)?.focus();
}

function presser(counter, by) {
  const at = `${counter.id} ${by}`;
  const words = by > 0 ? `Add one to ${counter.name}` : `Take one from ${counter.name}`;
  return el("button", { type: "button", class: by > 0 ? null : "quiet", "aria-label": words, "data-at": at, onclick: () => keep(press(state, counter.id, by), at) }, by > 0 ? "+" : "−");
}

function card(counter, count, leads) {
  return el("li", { class: leads ? "leads" : null },
    el("span", { class: "name", dir: "auto" }, counter.name),
    el("span", { class: "count number", role: "status", "aria-label": `${counter.name}: ${count}` }, String(count)),
    el("div", { class: "presses" }, presser(counter, -1), presser(counter, 1)),
    el("div", { class: "row spread" },
      el("button", { type: "button", class: "quiet small", "aria-label": `Rename ${counter.name}`, onclick: () => askName(counter) }, "Rename"),
      el("button", { type: "button", class: "quiet small", "aria-label": `Remove ${counter.name}`, onclick: () => keep(remove(state, counter.id)) }, "Remove")));
}

function askName(counter) {
  const typed = prompt("The counter's name", counter.name);
  if (typed === null) return;
  const { name, error } = checkName(state, typed, counter.id);
  $("message").textContent = error ?? "";
  if (name) keep(rename(state, counter.id, name));
}

function leading() {
  const ids = leaders(state);
  const names = state.counters.filter(({ id }) => ids.includes(id)).map(({ name }) => name);
  if (state.counters.length < 2 || names.length === 0) return "";
  return names.length === 1 ? `${names[0]} leads` : `A tie: ${names.join(", ")}`;
}

function draw() {
  const found = counts(state);
  const ids = state.counters.length > 1 ? leaders(state) : [];
  $("counters").replaceChildren(...state.counters.map((counter) => card(counter, found.get(counter.id), ids.length === 1 && ids[0] === counter.id)));
  $("total").textContent = String(total(state));
  $("leader").textContent = leading();
  $("undo").disabled = state.steps.length === 0;
  $("reset").disabled = state.steps.length === 0;
}

$("undo").addEventListener("click", () => keep(undo(state)));
$("reset").addEventListener("click", () => keep(reset(state)));
$("form").addEventListener("submit", (event) => {
  event.preventDefault();
  const { name, error } = checkName(state, $("name").value);
  $("message").textContent = error ?? "";
  if (error) return;
  $("name").value = "";
  keep(add(state, name));
});
startTheme();
draw();
