import { useState } from "react";
import { Opened } from "@/ui/opened";
import { Skeleton } from "@/ui/small";
import type { EditorProps } from "./editor-dialog";
import { EditorDialog } from "./parts";

/** A text, over the whole page. */
export function TextEditor(props: Omit<EditorProps, "opener">) {
  const [opener] = useState(() => document.activeElement);
  return (
    <Opened fallback={<EditorSkeleton />} onFailed={props.onClose}>
      <EditorDialog {...props} opener={opener} />
    </Opened>
  );
}

function EditorSkeleton() {
  return (
    <>
      <div className="fixed inset-0 z-40 animate-fade bg-[#000]/40" />
      <div className="fixed inset-2 z-50 mx-auto flex max-w-[900px] animate-fade flex-col overflow-hidden rounded-xl border bg-raised shadow-raised sm:inset-6">
        <div className="h-12 shrink-0 border-b bg-panel" />
        <div className="flex-1 space-y-2.5 p-5">
          <Skeleton className="h-3 w-3/4" />
          <Skeleton className="h-3 w-1/2" />
        </div>
        <div className="h-13 shrink-0 border-t bg-panel" />
      </div>
    </>
  );
}
