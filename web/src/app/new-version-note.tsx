import { useState } from "react";
import { useStore } from "zustand/react";
import { newVersion } from "@/lib/new-version";
import { Button } from "@/ui/button";
import { words } from "@/words";

const says = words.offline;

/** Nothing is loaded anew by itself: somebody may be typing. */
export function NewVersionNote() {
  const there = useStore(newVersion);
  const [later, setLater] = useState(false);
  if (!there || later) return null;
  return (
    <div
      role="status"
      className="fixed bottom-4 left-4 z-30 flex max-w-[calc(100vw-32px)] animate-rise items-center gap-2 rounded-lg border border-line-strong bg-raised py-1.5 pr-1.5 pl-3.5 text-[13px] shadow-raised max-sm:bottom-[calc(72px+env(safe-area-inset-bottom))]"
    >
      <span className="mr-2 font-medium">{says.newVersion}</span>
      <Button look="primary" onClick={() => location.reload()}>
        {says.reload}
      </Button>
      <Button look="quiet" onClick={() => setLater(true)}>
        {says.later}
      </Button>
    </div>
  );
}
