// The page: asks logic.js four times a second, draws, listens.
import { config } from "./config.js";
import { $, el } from "./dom.js";
import { buildPlan, checkSettings, clock, fresh, pause, remaining, restore, skip, start, tick, turn } from "./logic.js";
import { load, save } from "./store.js";
import { startTheme } from "./theme.js";

const labels = config.labels;
let settings = checkSettings(load("settings", config.settings) ?? {}, labels).settings ?? config.settings;
let plan = buildPlan(settings, config.unitSeconds);
let state = restore(plan, load("state", null));
let people = config.team ? [].concat(load("people", [])).filter((name) => typeof name === "string") : [];
let sound;

const today = () => new Date().toLocaleDateString("sv");
const counts = () => load("counts", {}) ?? {};

function keep(next) {
  state = next;
  save("state", state);
  draw();
}

function beat() {
  const { state: next, ended } = tick(plan, state, Date.now(), config.auto);
  if (ended.length === 0) return draw();
  const rounds = ended.filter((step) => step.kind === "work").length;
  save("counts", { [today()]: (counts()[today()] ?? 0) + rounds });
  tone();
  keep(next);
}

function tone() {
  if (!sound) return;
  const oscillator = sound.createOscillator();
  const volume = sound.createGain();
  volume.gain.setValueAtTime(0.2, sound.currentTime);
  volume.gain.exponentialRampToValueAtTime(0.001, sound.currentTime + 0.9);
  oscillator.frequency.value = 660;
  oscillator.connect(volume).connect(sound.destination);
  oscillator.start();
  oscillator.stop(sound.currentTime + 0.9);
}

function draw() {
  const step = plan[state.index];
  const left = remaining(state, Date.now());
  const running = state.endsAt !== null;
  set("phase", labels[step.kind]);
  set("left", clock(left));
  set("round", settings.rounds > 1 ? `Round ${step.round} of ${settings.rounds}` : "");
  set("toggle", running ? "Pause" : left < step.seconds * 1000 ? "Continue" : "Start");
  set("today", String(counts()[today()] ?? 0));
  $("ring").style.strokeDashoffset = String(100 - (left / (step.seconds * 1000)) * 100);
  document.querySelector(".face").classList.toggle("resting", step.kind !== "work");
  document.title = running ? `${clock(left)} ${labels[step.kind]}` : config.title;
  const leader = turn(people, state.finished);
  $("turn").hidden = leader === null;
  set("turn", leader === null ? "" : step.kind === "work" ? `${leader} leads this round` : `${leader} leads the next round`);
}

// Writes only what changed, so that a screen reader is not told the same four times a second.
function set(id, text) {
  if ($(id).textContent !== text) $(id).textContent = text;
}

function drawPeople() {
  $("names").replaceChildren(...people.map((name, index) =>
    el("li", { class: index === state.finished % people.length ? "now" : null }, el("span", { dir: "auto" }, name),
      el("button", { type: "button", class: "quiet small", "aria-label": `Remove ${name}`, onclick: () => setPeople(people.filter((_, place) => place !== index)) }, "×"))));
}

function setPeople(next) {
  people = next;
  save("people", people);
  drawPeople();
  draw();
}

function buildSettings() {
  const words = { work: `${labels.work} (${config.unit})`, rest: `${labels.rest} (${config.unit})`, long: `${labels.long} (${config.unit})`, rounds: "Rounds" };
  $("durations").append(...config.changeable.map((name) =>
    el("label", {}, words[name], el("input", { id: `set-${name}`, inputmode: "numeric", value: settings[name] }))));
}

function changeSettings(event) {
  event.preventDefault();
  const typed = Object.fromEntries(config.changeable.map((name) => [name, $(`set-${name}`).value]));
  const checked = checkSettings({ ...config.settings, ...typed }, { ...labels, rounds: "Rounds" });
  $("message").textContent = checked.error ?? "";
  if (checked.error) return;
  settings = checked.settings;
  plan = buildPlan(settings, config.unitSeconds);
  save("settings", settings);
  keep(fresh(plan, state.finished));
}

$("toggle").addEventListener("click", () => {
  sound ??= "AudioContext" in window ? new AudioContext() : undefined;
  keep(state.endsAt === null ? start(state, Date.now()) : pause(state, Date.now()));
});
$("skip").addEventListener("click", () => keep(skip(plan, state)));
$("reset").addEventListener("click", () => keep(fresh(plan, state.finished)));
$("settings").addEventListener("submit", changeSettings);
$("person-form").addEventListener("submit", (event) => {
  event.preventDefault();
  const name = $("person").value.trim();
  if (name) setPeople([...people, name]);
  $("person").value = "";
});
$("people").hidden = !config.team;
startTheme();
buildSettings();
drawPeople();
beat();
setInterval(() => {
  const finished = state.finished;
  beat();
  if (state.finished !== finished) drawPeople();
}, 250);
