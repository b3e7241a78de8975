// The page: gets chance from the browser, listens, draws.
import { config } from "./config.js";
import { $, el } from "./dom.js";
import { fairly, fault, group, pick, read, shuffle } from "./logic.js";
import { load, save } from "./store.js";
import { startTheme } from "./theme.js";

const KEPT = 500;
const below = fairly(() => crypto.getRandomValues(new Uint8Array(1))[0]);
let history = [].concat(load("history", [])).filter((entry) => typeof entry === "string");

function entries() {
  return read($("entries").value);
}

function refused(groups) {
  const wrong = fault(entries(), groups);
  $("message").textContent = wrong ?? "";
  $("sorted").replaceChildren();
  return wrong !== null;
}

function pickOne() {
  if (refused()) return;
  const picked = pick(entries(), history, $("once").checked, below);
  history = [picked, ...history].slice(0, KEPT);
  save("history", history);
  $("picked").hidden = false;
  $("picked").textContent = picked;
  drawHistory();
}

function showLists(lists) {
  $("picked").hidden = true;
  $("sorted").replaceChildren(...lists.map((list, index) =>
    el("section", {}, lists.length > 1 ? el("h3", {}, `Group ${index + 1}`) : null, el("ol", {}, ...list.map((entry) => el("li", { dir: "auto" }, entry))))));
}

function drawHistory() {
  $("history").replaceChildren(...history.slice(0, 50).map((entry) => el("li", { dir: "auto" }, entry)));
  $("forget").hidden = history.length === 0;
}

$("pick").addEventListener("click", pickOne);
$("mix").addEventListener("click", () => {
  if (!refused()) showLists([shuffle(entries(), below)]);
});
$("group").addEventListener("click", () => {
  const count = Number($("count").value);
  if (!refused(count)) showLists(group(entries(), count, below));
});
$("forget").addEventListener("click", () => {
  history = [];
  save("history", history);
  drawHistory();
});
$("entries").addEventListener("input", () => save("entries", $("entries").value));
$("once").addEventListener("change", () => save("once", $("once").checked));
$("entries").value = String(load("entries", config.entries.join("\n")));
$("once").checked = load("once", config.once) === true;
$("count").value = "2";
startTheme();
drawHistory();
