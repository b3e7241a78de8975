/** Light, dark, or what the system says: one choice for the whole page, kept in this browser. */

import { createStore, type StoreApi } from "zustand/vanilla";
import { keep, stored, THEME_KEY } from "@/lib/stored";

export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

export const theme: StoreApi<Theme> = createStore<Theme>(
  () => THEMES.find((one) => one === stored(THEME_KEY)) ?? "system",
);

export function chooseTheme(chosen: Theme): void {
  keep(THEME_KEY, chosen);
  theme.setState(chosen, true);
}
