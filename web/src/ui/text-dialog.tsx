import { X } from "lucide-react";
import { Dialog } from "radix-ui";
import { words } from "@/words";
import { IconButton } from "./button";
import { Skeleton } from "./small";
import { useText } from "./use-text";

export interface TextDialogProps {
  readonly title: string;
  /** What the text is. */
  readonly note: string;
  readonly load: () => Promise<string>;
  /** What has the focus again once this is closed. */
  readonly opener: HTMLElement;
  readonly onClose: () => void;
}

/** A text to read, as it is: nothing in it is drawn or run. */
export function TextDialog({ title, note, load, opener, onClose }: TextDialogProps) {
  const { text, failed } = useText(load);
  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 animate-fade bg-[#000]/40" />
        <Dialog.Content
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            opener.focus();
          }}
          className="fixed inset-2 z-50 mx-auto flex max-w-[820px] animate-fade flex-col overflow-hidden rounded-xl border bg-raised shadow-raised sm:inset-6"
        >
          <div className="flex h-12 shrink-0 items-center border-b bg-panel pr-2 pl-5">
            <Dialog.Title className="min-w-0 flex-1 truncate text-sm font-medium">
              <bdi>{title}</bdi>
            </Dialog.Title>
            <Dialog.Close asChild>
              <IconButton label={words.attachments.close}>
                <X aria-hidden="true" />
              </IconButton>
            </Dialog.Close>
          </div>
          <div className="min-h-0 flex-1 overflow-y-auto">
            {failed && <p className="p-5 text-sm text-fail">{words.attachments.notShown}</p>}
            {!failed && text === null && (
              <div className="space-y-2.5 p-5">
                <Skeleton className="h-3 w-3/4" />
                <Skeleton className="h-3 w-1/2" />
              </div>
            )}
            {text !== null && (
              <pre
                dir="auto"
                // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable with the keyboard
                tabIndex={0}
                className="min-h-full px-5 py-4 font-mono text-[13px] leading-relaxed wrap-anywhere whitespace-pre-wrap outline-none"
              >
                {text}
              </pre>
            )}
          </div>
          <Dialog.Description className="shrink-0 border-t bg-panel px-5 py-2.5 text-xs text-ink-2">
            {note}
          </Dialog.Description>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
