/** Whether single keys are shortcuts. Some people need them off: who speaks to their computer, say. */

import { createStore, type StoreApi } from "zustand/vanilla";
import { keep, stored } from "@/lib/stored";

const KEY = "botarmy.shortcuts";

export const singleKeys: StoreApi<boolean> = createStore<boolean>(() => stored(KEY) !== "off");

export function switchSingleKeys(on: boolean): void {
  keep(KEY, on ? "" : "off");
  singleKeys.setState(on, true);
}
