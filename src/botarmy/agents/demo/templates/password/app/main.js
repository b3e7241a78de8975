// The page: gets randomness from the browser, listens, draws, copies.
import { config } from "./config.js";
import { $, el } from "./dom.js";
import { fault, generate, KINDS, LENGTH, strength } from "./logic.js";
import { load, save } from "./store.js";
import { startTheme } from "./theme.js";

const stored = load("options", null);
let options = stored && fault(stored) === null ? stored : config.options;
let password = "";

function byte() {
  return crypto.getRandomValues(new Uint8Array(1))[0];
}

function make() {
  const wrong = fault(options);
  $("message").textContent = wrong ?? "";
  $("copied").textContent = "";
  if (wrong) return;
  save("options", options);
  password = generate(options, byte);
  draw();
}

function draw() {
  const kind = (c) => (KINDS.digits.includes(c) ? "digit" : KINDS.symbols.includes(c) ? "symbol" : null);
  $("password").replaceChildren(...[...password].map((c) => el("span", { class: kind(c) }, c)));
  const { bits, word } = strength(options);
  $("strength").textContent = `${bits} bits: ${word}`;
  $("meter").style.width = `${Math.min(100, bits)}%`;
  $("meter").className = word === "weak" ? "weak" : "";
  $("length-word").textContent = String(options.length);
}

async function copy() {
  try {
    await navigator.clipboard.writeText(password);
    $("copied").textContent = "Copied.";
  } catch {
    getSelection().selectAllChildren($("password"));
    $("copied").textContent = "The browser did not allow it; the password is selected.";
  }
}

const kinds = ["lower", "upper", "digits", "symbols", "readable"];
for (const kind of kinds) {
  $(kind).checked = options[kind];
  $(kind).addEventListener("change", () => {
    options = { ...options, [kind]: $(kind).checked };
    make();
  });
}
$("length").min = String(LENGTH.least);
$("length").max = String(LENGTH.most);
$("length").value = String(options.length);
$("length").addEventListener("input", () => {
  options = { ...options, length: Number($("length").value) };
  make();
});
$("options").addEventListener("submit", (event) => event.preventDefault());
$("again").addEventListener("click", make);
$("copy").addEventListener("click", copy);
startTheme();
make();
