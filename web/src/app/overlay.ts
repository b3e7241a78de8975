/** What lies over the page by a shortcut or a click in the header: one thing at a time, loaded when it is opened. */

import { createStore, type StoreApi } from "zustand/vanilla";

export type Overlay = "palette" | "shortcuts" | "cancel";

export const overlay: StoreApi<Overlay | null> = createStore<Overlay | null>(() => null);

export function openOverlay(which: Overlay): void {
  overlay.setState(which, true);
}

export function closeOverlay(): void {
  overlay.setState(null, true);
}
