import { TriangleAlert, X } from "lucide-react";
import { AttachedFile } from "@/ui/attached-file";
import { IconButton } from "@/ui/button";
import { words } from "@/words";
import type { Attachments } from "./use-attachments";

/** What goes with the brief, and what could not be taken. */
export function AttachedList({ attachments: { state, remove } }: { attachments: Attachments }) {
  return (
    <>
      {state.items.length > 0 && (
        <ul aria-label={words.attachments.attached} className="flex flex-wrap gap-2 px-4 pt-1 pb-2">
          {state.items.map(({ key, name, size, taken }) => (
            <li key={key} className="max-w-full min-w-0">
              <AttachedFile
                name={taken?.name ?? name}
                size={size}
                cut={taken?.cut ?? false}
                load={taken === null ? null : () => Promise.resolve(taken.text)}
              >
                <IconButton label={words.attachments.remove(taken?.name ?? name)} onClick={() => remove(key)}>
                  <X aria-hidden="true" />
                </IconButton>
              </AttachedFile>
            </li>
          ))}
        </ul>
      )}
      {state.faults.length > 0 && (
        <div role="alert" className="space-y-1.5 px-4 pb-2">
          {state.faults.map(({ key, sentence }) => (
            <p key={key} className="flex items-start gap-2 text-[13px] leading-relaxed">
              <TriangleAlert className="mt-0.5 size-4 shrink-0 text-fail" aria-hidden="true" />
              <span dir="auto" className="min-w-0 flex-1 wrap-anywhere">
                {sentence}
              </span>
              <IconButton label={words.attachments.dismiss} onClick={() => remove(key)} className="-my-1.5">
                <X aria-hidden="true" />
              </IconButton>
            </p>
          ))}
        </div>
      )}
    </>
  );
}
