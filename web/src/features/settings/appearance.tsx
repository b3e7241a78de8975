import { Monitor, Moon, Sun } from "lucide-react";
import { useId } from "react";
import { useStore } from "zustand/react";
import { cn } from "@/ui/cn";
import { chooseTheme, THEMES, theme } from "@/ui/theme";
import { words } from "@/words";
import { Card, Part, Row } from "./part";

const says = words.settings.appearance;
const ICONS = { system: Monitor, light: Sun, dark: Moon } as const;

export function Appearance() {
  return (
    <Part id="appearance" title={says.title}>
      <Card>
        <Row name={says.theme} hint={says.motion}>
          <Themes />
        </Row>
      </Card>
    </Part>
  );
}

function Themes() {
  const chosen = useStore(theme);
  const name = useId();
  return (
    <fieldset className="flex gap-0.5 rounded-lg border bg-panel p-0.5">
      <legend className="sr-only">{says.theme}</legend>
      {THEMES.map((one) => {
        const Icon = ICONS[one];
        return (
          <label
            key={one}
            className={cn(
              "flex h-7 cursor-pointer items-center gap-1.5 rounded-md px-2.5 text-[13px] font-medium whitespace-nowrap text-ink-2 hover:text-ink pointer-coarse:h-11",
              "has-checked:bg-raised has-checked:text-ink has-checked:shadow-[0_0_0_1px_var(--line-strong)]",
              "has-focus-visible:outline-2 has-focus-visible:outline-offset-1 has-focus-visible:outline-active",
            )}
          >
            <input
              type="radio"
              name={name}
              checked={chosen === one}
              onChange={() => chooseTheme(one)}
              className="sr-only"
            />
            <Icon className="size-4" aria-hidden="true" />
            {says.themes[one]}
          </label>
        );
      })}
    </fieldset>
  );
}
