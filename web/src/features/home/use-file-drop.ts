import { useEffect, useEffectEvent, useState } from "react";
import type { Candidate } from "./use-attachments";

/** Files that are dropped anywhere on the page. True while some are held over it. */
export function useFileDrop(wanted: boolean, onFiles: (files: readonly Candidate[]) => void): boolean {
  const [over, setOver] = useState(false);
  const take = useEffectEvent((transfer: DataTransfer) => {
    if (wanted) onFiles(filesOf(transfer));
  });
  const hover = useEffectEvent(() => setOver(wanted));
  useEffect(() => {
    const onOver = (event: DragEvent) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      // Without this the browser would leave the page and open the file.
      event.preventDefault();
      hover();
    };
    const onDrop = (event: DragEvent) => {
      setOver(false);
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      take(event.dataTransfer);
    };
    const onLeave = (event: DragEvent) => {
      if (event.relatedTarget === null) setOver(false);
    };
    const aborting = new AbortController();
    const { signal } = aborting;
    window.addEventListener("dragover", onOver, { signal });
    window.addEventListener("drop", onDrop, { signal });
    window.addEventListener("dragleave", onLeave, { signal });
    return () => aborting.abort();
  }, []);
  return over;
}

function filesOf({ items, files }: DataTransfer): readonly Candidate[] {
  const folders = [...items].map((item) => item.webkitGetAsEntry?.()?.isDirectory ?? false);
  return [...files].map((file, at) => ({ file, folder: folders[at] ?? false }));
}
