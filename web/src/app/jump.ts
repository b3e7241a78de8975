/** Ways to what is on the page, for the keyboard. Each is false where there is no such thing. */

import { NOTE_BOX } from "@/features/project/places";

export function toNoteBox(): boolean {
  const box = document.getElementById(NOTE_BOX);
  box?.scrollIntoView({ block: "nearest" });
  box?.focus();
  return box !== null;
}

/** The first request that waits; from one of them the next one. */
export function toNextRequest(): boolean {
  const open = [...document.querySelectorAll<HTMLElement>("[data-open-request]")];
  const at = open.findIndex((one) => one.contains(document.activeElement));
  const next = open[(at + 1) % open.length];
  next?.scrollIntoView({ block: "center" });
  next?.focus({ preventScroll: true });
  return next !== undefined;
}
