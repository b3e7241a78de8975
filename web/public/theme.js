// Runs before the first paint, so that the page never flashes in the wrong theme.
(() => {
  let choice = "system";
  try {
    choice = localStorage.getItem("botarmy.theme") ?? "system";
  } catch {
    // Storage is switched off in this browser: the system's theme is used.
  }
  const dark =
    choice === "dark" || (choice !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.dataset.theme = dark ? "dark" : "light";
})();
