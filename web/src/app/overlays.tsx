import { type ComponentType, useEffect, useRef, useState } from "react";
import { useStore } from "zustand/react";
import { later } from "@/ui/later";
import { Opened } from "@/ui/opened";
import { Skeleton } from "@/ui/small";
import { toNextRequest, toNoteBox } from "./jump";
import { type Meaning, NO_KEYS, pressed } from "./keys";
import { closeOverlay, type Overlay, openOverlay, overlay } from "./overlay";
import { singleKeys } from "./single-keys";
import { useGoTo } from "./use-go-to";

/** What has the focus again once it is closed. */
interface OverlayProps {
  readonly opener: Element | null;
}

const Palette = later<OverlayProps>(() => import("./palette/palette").then((all) => all.Palette));
const Shortcuts = later<OverlayProps>(() => import("./palette/shortcuts").then((all) => all.Shortcuts));
const CancelDialog = later<OverlayProps>(() =>
  import("./palette/cancel-dialog").then((all) => all.CancelDialog),
);
const OVERLAYS: Readonly<Record<Overlay, ComponentType<OverlayProps>>> = {
  palette: Palette,
  shortcuts: Shortcuts,
  cancel: CancelDialog,
};

/** A server that is away afterwards keeps nobody from them. It never rejects. */
export async function preloadOverlays(): Promise<void> {
  await Promise.all([Palette, Shortcuts, CancelDialog].map((one) => one.preload()));
}

/** The keys that work on every page, and what they open. */
export function Overlays() {
  const which = useStore(overlay);
  useKeys();
  if (which === null) return null;
  return <Lying key={which} which={which} />;
}

function Lying({ which }: { which: Overlay }) {
  const [opener] = useState(() => document.activeElement);
  const Which = OVERLAYS[which];
  return (
    <Opened fallback={<OverlaySkeleton />} onFailed={closeOverlay}>
      <Which opener={opener} />
    </Opened>
  );
}

function OverlaySkeleton() {
  return (
    <>
      <div className="fixed inset-0 z-40 animate-fade bg-[#000]/40" />
      <div className="fixed inset-x-2 top-2 z-50 mx-auto h-72 max-w-[600px] space-y-3 rounded-xl border bg-raised p-4 shadow-raised sm:top-[12vh]">
        <Skeleton className="h-5 w-2/3" />
        <Skeleton className="h-9 w-full" />
        <Skeleton className="h-9 w-full" />
      </div>
    </>
  );
}

const DIALOGS = "[role=dialog], [role=alertdialog]";
const TYPING = `input, textarea, select, [contenteditable=true], [role=menu], [role=listbox], ${DIALOGS}`;

function useKeys(): void {
  const { goTo } = useGoTo();
  const mean = useRef<(meaning: Meaning) => void>(() => {});
  mean.current = (meaning) => {
    if (meaning.do === "palette") togglePalette();
    else if (meaning.do === "shortcuts") openOverlay("shortcuts");
    else if (meaning.do === "note") toNoteBox();
    else if (meaning.do === "go") goTo(meaning.to);
    else if (!toNextRequest()) goTo("/inbox");
  };
  useEffect(() => {
    let keys = NO_KEYS;
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.repeat || event.isComposing) return;
      const { key, ctrlKey: ctrl, metaKey: meta, altKey: alt, timeStamp: at } = event;
      const taken = event.defaultPrevented || isTyping(event.target);
      const next = pressed(keys, { key, ctrl, meta, alt, taken, at }, singleKeys.getState());
      ({ keys } = next);
      if (next.meaning === null) return;
      event.preventDefault();
      mean.current(next.meaning);
    };
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  }, []);
}

/** Somebody types, or something on top of the page has the keys. */
function isTyping(target: EventTarget | null): boolean {
  if (target instanceof Element && target.closest(TYPING) !== null) return true;
  return document.querySelector(DIALOGS) !== null;
}

function togglePalette(): void {
  if (overlay.getState() === "palette") closeOverlay();
  // Whatever else lies over the page is to be dealt with first.
  else if (document.querySelector(DIALOGS) === null) openOverlay("palette");
}
