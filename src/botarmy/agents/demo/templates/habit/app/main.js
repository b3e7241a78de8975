// The page: knows what day it is, listens, draws the rows.
import { config } from "./config.js";
import { $, el } from "./dom.js";
import { add, checkName, lastThirty, longest, mark, remove, rename, restore, streak, week } from "./logic.js";
import { load, save } from "./store.js";
import { startTheme } from "./theme.js";

let habits = restore(load("habits", null)) ?? config.habits.reduce(add, []);

// The device's own day; "sv" writes it as 2026-03-01.
const today = () => new Date().toLocaleDateString("sv");

function keep(next) {
  habits = next;
  save("habits", habits);
  draw();
}

function dayButton(habit, day) {
  const marked = habit.days.includes(day);
  const date = new Date(`${day}T12:00:00`);
  const spoken = date.toLocaleDateString(undefined, { weekday: "long", day: "numeric", month: "long" });
  return el("button", {
    type: "button",
    class: day === today() ? "today" : null,
    "aria-pressed": String(marked),
    "aria-label": `${habit.name}, ${spoken}`,
    "data-at": `${habit.id} ${day}`,
    onclick: () => {
      keep(mark(habits, habit.id, day));
      document.querySelector(`[data-at="${habit.id} ${day}"]`)?.focus();
    },
  }, el("span", {}, date.toLocaleDateString(undefined, { weekday: "short" })), el("strong", {}, marked ? "✓" : String(date.getDate())));
}

function row(habit) {
  const days = streak(habit, today());
  const facts = `longest ${longest(habit)}, ${lastThirty(habit, today())} of the last 30 days`;
  return el("li", {},
    el("div", { class: "row spread" },
      el("span", { class: "name", dir: "auto" }, habit.name),
      el("span", { class: "streak number" }, days === 1 ? "1 day" : `${days} days`)),
    el("div", { class: "week" }, ...week(today()).map((day) => dayButton(habit, day))),
    el("div", { class: "row spread" }, el("span", { class: "soft number" }, facts),
      el("span", { class: "row" },
        el("button", { type: "button", class: "quiet small", "aria-label": `Rename ${habit.name}`, onclick: () => askName(habit) }, "Rename"),
        el("button", { type: "button", class: "quiet small", "aria-label": `Remove ${habit.name}`, onclick: () => keep(remove(habits, habit.id)) }, "Remove"))));
}

function askName(habit) {
  const typed = prompt("The habit's name", habit.name);
  if (typed === null) return;
  const { name, error } = checkName(habits, typed, habit.id);
  $("message").textContent = error ?? "";
  if (name) keep(rename(habits, habit.id, name));
}

function draw() {
  $("habits").replaceChildren(...habits.map(row));
  $("empty").hidden = habits.length > 0;
}

$("form").addEventListener("submit", (event) => {
  event.preventDefault();
  const { name, error } = checkName(habits, $("name").value);
  $("message").textContent = error ?? "";
  if (error) return;
  $("name").value = "";
  keep(add(habits, name));
});
// A page that stays open overnight has to notice the new day.
document.addEventListener("visibilitychange", draw);
startTheme();
draw();
