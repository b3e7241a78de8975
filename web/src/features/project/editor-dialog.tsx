import { LoaderCircle, X } from "lucide-react";
import { Dialog } from "radix-ui";
import { type KeyboardEvent, type ReactNode, useId, useState } from "react";
import { Button, IconButton } from "@/ui/button";
import { Skeleton } from "@/ui/small";
import { useText } from "@/ui/use-text";
import { words } from "@/words";

const says = words.editor;

export interface EditorProps {
  readonly title: string;
  /** What saving does, e.g. "Save and approve". */
  readonly action: string;
  readonly load: () => Promise<string>;
  /** True once it is saved: the editor closes. What is refused stays in it. */
  readonly onSave: (text: string) => Promise<boolean>;
  readonly onClose: () => void;
  /** What is wrong with the text as it is, in words; then it is not saved. */
  readonly fault?: (text: string) => string | null;
  /** What saving means; without it, that there will be a new version. */
  readonly note?: string;
  /** What else there is to choose, beside the buttons. */
  readonly children?: ReactNode;
  /** What has the focus again once this is closed. */
  readonly opener: Element | null;
}

/** A text, over the whole page. Ctrl or Cmd with Enter saves it. */
export function EditorDialog({
  title,
  action,
  load,
  onSave,
  onClose,
  fault,
  note = says.newVersion,
  children,
  opener,
}: EditorProps) {
  const { text, setText, failed } = useText(load);
  const [saving, setSaving] = useState(false);
  const [wrong, setWrong] = useState<string | null>(null);
  const hint = useId();
  const save = async () => {
    if (text === null || saving) return;
    const found = fault?.(text) ?? null;
    setWrong(found);
    if (found !== null) return;
    setSaving(true);
    const saved = await onSave(text);
    setSaving(false);
    if (saved) onClose();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    void save();
  };
  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 animate-fade bg-[#000]/40" />
        <Dialog.Content
          aria-describedby={hint}
          onPointerDownOutside={(event) => event.preventDefault()}
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            if (opener instanceof HTMLElement) opener.focus();
          }}
          className="fixed inset-2 z-50 mx-auto flex max-w-[900px] animate-fade flex-col overflow-hidden rounded-xl border bg-raised shadow-raised sm:inset-6"
        >
          <div className="flex h-12 shrink-0 items-center border-b bg-panel pr-2 pl-5">
            <Dialog.Title className="min-w-0 flex-1 truncate text-sm font-medium">{title}</Dialog.Title>
            <Dialog.Close asChild>
              <IconButton label={says.close}>
                <X aria-hidden="true" />
              </IconButton>
            </Dialog.Close>
          </div>
          {failed && <p className="p-5 text-sm text-fail">{says.unreadable}</p>}
          {!failed && text === null && (
            <div className="flex-1 space-y-2.5 p-5">
              <Skeleton className="h-3 w-3/4" />
              <Skeleton className="h-3 w-1/2" />
            </div>
          )}
          {text !== null && (
            <textarea
              aria-label={says.text}
              value={text}
              aria-invalid={wrong !== null}
              onChange={(event) => {
                setText(event.target.value);
                setWrong(null);
              }}
              onKeyDown={onKeyDown}
              spellCheck={false}
              className="block min-h-0 w-full flex-1 resize-none bg-transparent px-5 py-4 font-mono text-[13px] leading-relaxed outline-none"
            />
          )}
          {wrong !== null && (
            <p role="alert" className="shrink-0 border-t px-5 py-2.5 text-[13px] text-fail">
              {wrong}
            </p>
          )}
          <div className="flex shrink-0 flex-wrap items-center gap-x-4 gap-y-2 border-t bg-panel px-4 py-2.5">
            {children}
            <p id={hint} className="flex-1 text-xs text-ink-2 max-sm:sr-only">
              {says.saves(note)}
            </p>
            <div className="ml-auto flex gap-2">
              <Button onClick={onClose}>{says.discard}</Button>
              <Button look="primary" disabled={text === null || saving} onClick={save}>
                {saving && <LoaderCircle className="animate-spin" aria-hidden="true" />}
                {saving ? says.saving : action}
              </Button>
            </div>
          </div>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
