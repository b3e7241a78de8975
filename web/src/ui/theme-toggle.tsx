import { Monitor, Moon, Sun } from "lucide-react";
import { useEffect } from "react";
import { useStore } from "zustand/react";
import { words } from "@/words";
import { IconButton } from "./button";
import { chooseTheme, THEMES, type Theme, theme as themeStore } from "./theme";

const ICONS = { system: Monitor, light: Sun, dark: Moon } as const;

export function ThemeToggle({ className }: { className?: string }) {
  const theme = useStore(themeStore);
  useEffect(() => followTheme(theme), [theme]);
  const Icon = ICONS[theme];
  const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? "system";
  return (
    <IconButton
      label={words.shared.theme(theme, next)}
      onClick={() => chooseTheme(next)}
      className={className}
    >
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
