// Light, dark, or as the system has it; the choice is remembered.
import { load, save } from "./store.js";

const order = ["auto", "light", "dark"];
const words = { auto: "Theme: auto", light: "Theme: light", dark: "Theme: dark" };

export function startTheme() {
  const button = document.getElementById("theme");
  let theme = order.includes(load("theme", "auto")) ? load("theme", "auto") : "auto";
  const show = () => {
    if (theme === "auto") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    button.textContent = words[theme];
  };
  button.addEventListener("click", () => {
    theme = order[(order.indexOf(theme) + 1) % order.length];
    save("theme", theme);
    show();
  });
  show();
  document.querySelector(".starting")?.remove();
}
