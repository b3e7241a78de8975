import { Monitor, Moon, Sun } from "lucide-react";
import { useEffect, useState } from "react";
import { keep, stored, THEME_KEY } from "@/lib/stored";
import { IconButton } from "./button";

const THEMES = ["system", "light", "dark"] as const;
type Theme = (typeof THEMES)[number];
const ICONS = { system: Monitor, light: Sun, dark: Moon } as const;

export function ThemeToggle() {
  const [theme, setTheme] = useState<Theme>(
    () => THEMES.find((one) => one === stored(THEME_KEY)) ?? "system",
  );
  useEffect(() => followTheme(theme), [theme]);
  const Icon = ICONS[theme];
  const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? "system";
  const choose = () => {
    keep(THEME_KEY, next);
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
