import { X } from "lucide-react";
import { Component, type ReactNode, Suspense, useState } from "react";
import { useStore } from "zustand/react";
import { words } from "@/words";
import { IconButton } from "./button";
import { later } from "./later";
import { untold } from "./toast";

export const Toaster = later(() => import("./toaster").then((all) => all.Toaster));

/** The place of short news. Nothing is loaded for it before there is one. */
export function Toasts() {
  const some = useStore(untold, (waiting) => waiting.length > 0);
  const [wanted, setWanted] = useState(false);
  if (some && !wanted) setWanted(true);
  if (!wanted) return null;
  return (
    <Plainly>
      <Suspense>
        <Toaster />
      </Suspense>
    </Plainly>
  );
}

/** What was to be told is told also where the code that shows it nicely cannot be loaded. */
class Plainly extends Component<{ readonly children: ReactNode }, { readonly broken: boolean }> {
  override state = { broken: false };

  static getDerivedStateFromError() {
    return { broken: true };
  }

  override render() {
    return this.state.broken ? <PlainToasts /> : this.props.children;
  }
}

function PlainToasts() {
  const waiting = useStore(untold);
  const last = waiting.at(-1);
  if (last === undefined) return null;
  return (
    <div
      role={last.kind === "error" ? "alert" : "status"}
      className="fixed right-4 bottom-4 z-50 flex w-[min(356px,calc(100vw-32px))] items-start gap-2 rounded-[10px] border border-line-strong bg-raised p-4 text-[13px] shadow-raised"
    >
      <div className="min-w-0 flex-1">
        <p className="font-medium">{last.message}</p>
        {last.description !== undefined && <p className="text-ink-2">{last.description}</p>}
      </div>
      <IconButton label={words.toasts.close} onClick={() => untold.setState([], true)}>
        <X aria-hidden="true" />
      </IconButton>
    </div>
  );
}
