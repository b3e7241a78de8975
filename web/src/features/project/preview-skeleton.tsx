import { X } from "lucide-react";
import { IconButton } from "@/ui/button";
import { Skeleton } from "@/ui/small";
import { words } from "@/words";
import { nameOf } from "./tree";

/** The shape of a file's preview, while what shows it is on its way. */
export function PreviewSkeleton({ path, onClose }: { path: string; onClose: () => void }) {
  return (
    <section
      aria-label={words.files.previewOf(path)}
      aria-busy="true"
      className="flex min-h-0 flex-1 flex-col border-t"
    >
      <div className="flex h-11 shrink-0 items-center gap-0.5 border-b pr-2 pl-5">
        <p className="min-w-0 flex-1 truncate text-[13px] font-medium">{nameOf(path)}</p>
        <IconButton label={words.files.closePreview} onClick={onClose}>
          <X aria-hidden="true" />
        </IconButton>
      </div>
      <div className="min-h-0 flex-1 bg-canvas">
        <Lines />
      </div>
    </section>
  );
}

export function Lines() {
  return (
    <div className="space-y-2.5 p-5">
      <Skeleton className="h-3 w-3/4" />
      <Skeleton className="h-3 w-1/2" />
      <Skeleton className="h-3 w-2/3" />
    </div>
  );
}
