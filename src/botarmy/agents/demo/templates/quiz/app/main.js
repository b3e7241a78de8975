// The page: shows one question, listens to clicks and keys, shows the result.
import { config } from "./config.js";
import { $, el } from "./dom.js";
import { chance, drawRound, isOver, next, pick, result } from "./logic.js";
import { load, save } from "./store.js";
import { startTheme } from "./theme.js";

let round;

function begin() {
  const [seed] = crypto.getRandomValues(new Uint32Array(1));
  round = drawRound(config.questions, config.round, chance(seed));
  draw();
}

function answer(option) {
  round = pick(round, option);
  draw();
  $("next").focus();
}

function goOn() {
  round = next(round);
  draw();
  $(isOver(round) ? "result-title" : "question").focus();
}

function draw() {
  $("play").hidden = isOver(round);
  $("result").hidden = !isOver(round);
  if (isOver(round)) drawResult();
  else drawQuestion();
}

function drawQuestion() {
  const { question, answer: right, options } = round.questions[round.place];
  const picked = round.picks[round.place];
  $("count").textContent = `Question ${round.place + 1} of ${round.questions.length}`;
  $("score").textContent = `${result(round).score} right`;
  $("done").style.width = `${(round.picks.length / round.questions.length) * 100}%`;
  $("question").textContent = question;
  $("options").replaceChildren(...options.map((option, index) => {
    const mark = picked === undefined ? null : option === right ? "right" : option === picked ? "wrong" : null;
    return el("button", { type: "button", class: mark, disabled: picked !== undefined, onclick: () => answer(option) },
      el("kbd", { "aria-hidden": "true" }, mark === "right" ? "✓" : mark === "wrong" ? "×" : String(index + 1)), el("span", {}, option));
  }));
  $("verdict").textContent = picked === undefined ? "" : picked === right ? "Right." : `The answer is ${right}.`;
  $("next").hidden = picked === undefined;
  $("next").textContent = round.place + 1 === round.questions.length ? "See the result" : "Next";
}

function drawResult() {
  const { score, of, missed } = result(round);
  const best = Math.max(score, Number(load("best", 0)) || 0);
  save("best", best);
  $("result-title").textContent = `${score} of ${of} right`;
  $("best").textContent = `Your best is ${best} of ${of}.`;
  const lines = missed.map(({ question, answer: right, picked }) => el("li", {}, el("strong", {}, question), el("br"), `${right}, not ${picked}`));
  $("missed").replaceChildren(...(lines.length ? [el("p", {}, "Worth another look:"), el("ul", { class: "plain" }, ...lines)] : []));
}

$("next").addEventListener("click", goOn);
$("again").addEventListener("click", () => {
  begin();
  $("question").focus();
});
document.addEventListener("keydown", (event) => {
  const option = /^[1-4]$/.test(event.key) && !event.ctrlKey && !event.metaKey && !event.altKey ? $("options").children[Number(event.key) - 1] : null;
  if (option && !$("play").hidden && !option.disabled) option.click();
});
startTheme();
begin();
