/** Whether the window's title says how much waits for a person: chosen in this browser, and on at first. */

import { createStore, type StoreApi } from "zustand/vanilla";
import { keep, stored } from "./stored";

const KEY = "botarmy.badge";

export const badge: StoreApi<boolean> = createStore<boolean>(() => stored(KEY) !== "off");

export function showBadge(wanted: boolean): void {
  keep(KEY, wanted ? "" : "off");
  badge.setState(wanted, true);
}
