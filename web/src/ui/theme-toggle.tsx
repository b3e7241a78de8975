import { Monitor, Moon, Sun } from "lucide-react";
import { useEffect, useState } from "react";
import { keep, stored } from "@/lib/stored";
import { IconButton } from "./button";

const THEMES = ["system", "light", "dark"] as const;
type Theme = (typeof THEMES)[number];
const ICONS = { system: Monitor, light: Sun, dark: Moon } as const;
/** The script that runs before the first paint reads the same key. */
const KEY = "botarmy.theme";

export function ThemeToggle() {
  const [theme, setTheme] = useState<Theme>(() => THEMES.find((one) => one === stored(KEY)) ?? "system");
  useEffect(() => followTheme(theme), [theme]);
  const Icon = ICONS[theme];
  const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? "system";
  const choose = () => {
    keep(KEY, next);
    setTheme(next);
  };
  return (
    <IconButton label={`Theme: ${theme}. Switch to ${next}.`} onClick={choose}>
      <Icon aria-hidden="true" />
    </IconButton>
  );
}

function followTheme(theme: Theme): () => void {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const apply = () => {
    const dark = theme === "dark" || (theme === "system" && system.matches);
    document.documentElement.dataset.theme = dark ? "dark" : "light";
  };
  apply();
  system.addEventListener("change", apply);
  return () => system.removeEventListener("change", apply);
}
