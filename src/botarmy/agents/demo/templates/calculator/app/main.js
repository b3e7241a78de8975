// The page: keys, keyboard, history, drawing.
import { $, el } from "./dom.js";
import { calculate, show } from "./logic.js";
import { load, save } from "./store.js";
import { startTheme } from "./theme.js";

const KEPT = 20;
const rows = ["C", "(", ")", "÷", "7", "8", "9", "×", "4", "5", "6", "−", "1", "2", "3", "+", "0", ".", "%", "="];
const words = { C: "Clear", "÷": "divided by", "×": "times", "−": "minus", "+": "plus", "=": "equals", "%": "percent" };
let history = [].concat(load("history", [])).filter((entry) => entry && typeof entry.sum === "string" && typeof entry.result === "string");

function key(sign) {
  const kind = sign === "=" ? "equals" : /[\d.]/.test(sign) ? null : "operator";
  const press = { C: () => setSum(""), "=": finish }[sign] ?? (() => insert(sign));
  return el("button", { type: "button", class: kind, "aria-label": words[sign] ?? null, onclick: press }, sign);
}

function insert(sign) {
  const input = $("sum");
  input.setRangeText(sign, input.selectionStart, input.selectionEnd, "end");
  draw();
}

function setSum(text) {
  $("sum").value = text;
  draw();
}

function finish() {
  const { value } = calculate($("sum").value);
  if (value === undefined) return draw(true);
  history = [{ sum: $("sum").value.trim(), result: show(value) }, ...history].slice(0, KEPT);
  save("history", history);
  setSum(show(value));
  drawHistory();
}

function draw(insist = false) {
  const { value, error } = calculate($("sum").value);
  const unfinished = !insist && (error === "The sum is not finished." || error === "A parenthesis is not closed.");
  $("result").textContent = value !== undefined ? show(value) : unfinished ? "" : (error ?? "");
  $("result").classList.toggle("fault", value === undefined);
}

function drawHistory() {
  $("history").replaceChildren(...history.map(({ sum, result }) =>
    el("li", {}, el("button", { type: "button", "aria-label": `Take up ${sum} = ${result}`, onclick: () => {
      setSum(sum);
      $("sum").focus();
    } }, el("span", {}, sum), el("strong", { class: "number" }, result)))));
  $("empty").hidden = history.length > 0;
  $("forget").hidden = history.length === 0;
}

$("keys").append(...rows.map(key));
$("sum").addEventListener("input", () => draw());
$("form").addEventListener("submit", (event) => {
  event.preventDefault();
  finish();
});
$("forget").addEventListener("click", () => {
  history = [];
  save("history", history);
  drawHistory();
});
startTheme();
drawHistory();
draw();
$("sum").focus();
