// The page: listens, asks logic.js, draws on every keystroke.
import { config } from "./config.js";
import { $, el } from "./dom.js";
import { check, money, settle } from "./logic.js";
import { load, save } from "./store.js";
import { startTheme } from "./theme.js";

const typed = { bill: "", tip: config.tip, people: config.people, weights: [], roundUp: false, ...load("bill", {}) };
if (!Array.isArray(typed.weights)) typed.weights = [];

function buildTips() {
  const own = !config.tips.includes(Number(typed.tip));
  $("tips").append(...config.tips.map((percent) =>
    el("label", {},
      el("input", { type: "radio", name: "tip", value: percent, checked: Number(typed.tip) === percent, onchange: () => {
        $("own").value = "";
        change({ tip: percent });
      } }),
      el("span", {}, `${percent} %`))));
  $("tips").append(el("label", { class: "own" }, el("span", { class: "hidden-label" }, "Another tip in percent"),
    el("input", { id: "own", inputmode: "decimal", autocomplete: "off", placeholder: "Other %", value: own ? typed.tip : "", oninput: (event) => {
      for (const radio of document.getElementsByName("tip")) radio.checked = false;
      change({ tip: event.target.value });
    } })));
}

function change(part) {
  Object.assign(typed, part);
  save("bill", typed);
  draw();
}

function draw() {
  const { bill, error } = check(typed);
  $("message").textContent = error && typed.bill !== "" ? error : "";
  const result = bill && settle(bill, typed.weights, typed.roundUp);
  const even = result && new Set(result.shares).size === 1;
  $("each-word").textContent = result && !even ? "They pay" : "Each pays";
  $("each").textContent = result ? range(result.shares) : "–";
  $("tip-sum").textContent = result ? money(result.tipCents, config.sign) : "–";
  $("total").textContent = result ? money(result.totalCents, config.sign) : "–";
  $("extra-row").hidden = !result || result.extraCents === 0;
  $("extra").textContent = result ? money(result.extraCents, config.sign) : "";
  drawShares(bill ? bill.people : 0, result ? result.shares : []);
}

function range(shares) {
  const [low, high] = [Math.min(...shares), Math.max(...shares)];
  return low === high ? money(low, config.sign) : `${money(low, config.sign)} to ${money(high, config.sign)}`;
}

function drawShares(people, shares) {
  const list = $("shares");
  while (list.children.length > people) list.lastChild.remove();
  while (list.children.length < people) list.append(person(list.children.length));
  for (const [index, share] of shares.entries()) list.children[index].querySelector("strong").textContent = money(share, config.sign);
}

function person(index) {
  const choices = [["0", "pays nothing"], ["0.5", "½ share"], ["1", "1 share"], ["2", "2 shares"], ["3", "3 shares"]];
  const weight = String(typed.weights[index] ?? 1);
  return el("li", {}, el("span", {}, `Person ${index + 1}`),
    el("select", { "aria-label": `Shares of person ${index + 1}`, onchange: (event) => {
      const weights = Array.from({ length: Math.max(typed.weights.length, index + 1) }, (_, place) => typed.weights[place] ?? 1);
      weights[index] = Number(event.target.value);
      change({ weights });
    } }, ...choices.map(([value, word]) => el("option", { value, selected: value === weight }, word))),
    el("strong", { class: "number" }));
}

startTheme();
buildTips();
$("bill").value = typed.bill;
$("people").value = typed.people;
$("roundUp").checked = typed.roundUp === true;
$("form").addEventListener("submit", (event) => event.preventDefault());
for (const id of ["bill", "people"]) $(id).addEventListener("input", () => change({ [id]: $(id).value }));
$("roundUp").addEventListener("change", () => change({ roundUp: $("roundUp").checked }));
draw();
