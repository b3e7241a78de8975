/** Notices of the browser, outside the page: only for who wanted them here, and granted them to the browser. */

import { createStore, type StoreApi } from "zustand/vanilla";
import { keep, stored } from "./stored";

const WANTED_KEY = "botarmy.notices";

/** `blocked`: the browser was told never to ask; `missing`: this browser, or this address, has no notices. */
export type Notices = "off" | "on" | "blocked" | "missing";

export const notices: StoreApi<Notices> = createStore<Notices>(() => now());

function now(): Notices {
  if (typeof Notification === "undefined" || !isSecureContext) return "missing";
  if (Notification.permission === "denied") return "blocked";
  return stored(WANTED_KEY) === "on" && Notification.permission === "granted" ? "on" : "off";
}

/** Asks the person, where the browser does not know yet. To be called from a click. */
export async function wantNotices(): Promise<void> {
  if (now() === "missing") return;
  if ((await Notification.requestPermission()) === "granted") keep(WANTED_KEY, "on");
  notices.setState(now(), true);
}

export function dropNotices(): void {
  keep(WANTED_KEY, "");
  notices.setState(now(), true);
}

/** Nothing where it is not wanted, or where the page is looked at anyway. Under one `tag` there is one notice. */
export function notify(title: string, body: string, tag: string, onClick: () => void): void {
  if (notices.getState() !== "on" || document.hasFocus()) return;
  const notice = new Notification(title, { body, tag, icon: "/favicon.svg" });
  notice.onclick = () => {
    window.focus();
    notice.close();
    onClick();
  };
}
