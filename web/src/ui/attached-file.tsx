import { FileText, LoaderCircle } from "lucide-react";
import { type ReactNode, useState } from "react";
import { bytes } from "@/lib/format";
import { words } from "@/words";
import { later } from "./later";
import { Opened } from "./opened";
import type { TextDialogProps } from "./text-dialog";

const TextDialog = later<TextDialogProps>(() => import("./text-dialog").then((all) => all.TextDialog));
const prepare = () => void TextDialog.preload();

interface Props {
  readonly name: string;
  /** Of the file as it was, in bytes. */
  readonly size: number;
  readonly cut: boolean;
  /** Its text; null while that is not there yet. */
  readonly load: (() => Promise<string>) | null;
  /** What else can be done with it. */
  readonly children?: ReactNode;
}

/** A file that goes with a brief: its name opens what the agents are given of it. */
export function AttachedFile({ name, size, cut, load, children }: Props) {
  const [opener, setOpener] = useState<HTMLElement | null>(null);
  const close = () => setOpener(null);
  const Icon = load === null ? LoaderCircle : FileText;
  return (
    <div className="flex h-9 max-w-full items-center rounded-lg border bg-panel pr-0.5 text-[13px] pointer-coarse:h-11">
      <button
        type="button"
        disabled={load === null}
        aria-label={words.attachments.open(name)}
        aria-haspopup="dialog"
        onClick={({ currentTarget }) => setOpener(currentTarget)}
        onPointerEnter={prepare}
        onFocus={prepare}
        className="flex h-full min-w-0 items-center gap-2 rounded-lg pr-2 pl-2.5 hover:bg-hover disabled:hover:bg-transparent"
      >
        <Icon
          className={load === null ? "size-4 shrink-0 animate-spin text-ink-3" : "size-4 shrink-0 text-ink-3"}
          aria-hidden="true"
        />
        <bdi className="truncate">{name}</bdi>
        <span className="shrink-0 text-ink-2 tabular-nums">
          {load === null ? words.attachments.reading : bytes(size)}
        </span>
        {cut && <span className="shrink-0 text-wait">{words.attachments.beginning}</span>}
      </button>
      {children}
      {opener !== null && load !== null && (
        <Opened onFailed={close}>
          <TextDialog
            title={name}
            note={cut ? words.attachments.beginningHint : words.attachments.givenHint}
            load={load}
            opener={opener}
            onClose={close}
          />
        </Opened>
      )}
    </div>
  );
}
