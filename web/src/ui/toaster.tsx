import { type CSSProperties, useEffect } from "react";
import { Toaster as Sonner, toast as show } from "sonner";
import { useStore } from "zustand/react";
import { type Toast, untold } from "./toast";

const COLOURS = {
  "--normal-bg": "var(--raised)",
  "--normal-text": "var(--ink)",
  "--normal-border": "var(--line-strong)",
  "--border-radius": "10px",
  fontFamily: "var(--font-sans)",
} as CSSProperties;

/** The library's own grey is for light pages alone. */
const DIM = "text-ink-2!";
const LOOKS = { classNames: { description: DIM } };

/** Shows what is told from now on, and what was told while this was loaded. */
export function Toaster() {
  const waiting = useStore(untold);
  useEffect(() => {
    if (waiting.length === 0) return;
    for (const one of waiting) tell(one);
    untold.setState([], true);
  }, [waiting]);
  return <Sonner position="bottom-right" style={COLOURS} toastOptions={LOOKS} />;
}

function tell({ kind, message, description }: Toast): void {
  const more = description === undefined ? {} : { description };
  if (kind === "error") show.error(message, more);
  else show(message, more);
}
