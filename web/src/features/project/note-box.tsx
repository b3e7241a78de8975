import { Clock3, CornerDownLeft } from "lucide-react";
import { type KeyboardEvent, useState } from "react";
import { useConnected } from "@/lib/use-live";
import { useMayCommand } from "@/lib/use-session";
import type { RunView } from "@/lib/views";
import { IconButton } from "@/ui/button";
import { useRunCommand } from "./use-run-command";

/** A word to the team. While there is no connection it waits here, and says so. */
export function NoteBox({ view }: { view: RunView }) {
  const { note, setNote, waiting, submit } = useNote(view.run_id);
  const connected = useConnected();
  const mayCommand = useMayCommand();
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    submit();
  };
  return (
    <div className="space-y-2">
      {waiting.map(({ id, content }) => (
        <p key={id} className="flex items-center gap-2 text-[13px] text-ink-2">
          <Clock3 className="size-3.5 shrink-0" aria-hidden="true" />
          <span className="truncate">{content}</span>
          <span className="ml-auto shrink-0 text-ink-3">{connected ? "Sending" : "Sent when connected"}</span>
        </p>
      ))}
      <div className="flex items-end gap-1 rounded-lg border border-line-strong bg-raised pr-1.5 transition-colors duration-150 focus-within:border-ink-3">
        <textarea
          aria-label="Note to the team"
          rows={1}
          value={note}
          onChange={(event) => setNote(event.target.value)}
          onKeyDown={onKeyDown}
          disabled={!mayCommand}
          placeholder={mayCommand ? "Tell the team something …" : "Viewers watch, and tell the team nothing"}
          className="block field-sizing-content max-h-48 min-h-11 flex-1 resize-none bg-transparent px-3.5 py-2.5 text-[15px] leading-6 outline-none"
        />
        <IconButton
          label="Send the note"
          onClick={submit}
          disabled={!mayCommand || note.trim() === ""}
          className="mb-1.5"
        >
          <CornerDownLeft aria-hidden="true" />
        </IconButton>
      </div>
    </div>
  );
}

interface Waiting {
  readonly id: number;
  readonly content: string;
}

function useNote(runId: string) {
  const { send } = useRunCommand(runId);
  const [note, setNote] = useState("");
  const [waiting, setWaiting] = useState<readonly Waiting[]>([]);
  const submit = async () => {
    const content = note.trim();
    if (content === "") return;
    const id = (waiting.at(-1)?.id ?? 0) + 1;
    setNote("");
    setWaiting((before) => [...before, { id, content }]);
    const outcome = await send("add_note", { content });
    setWaiting((before) => before.filter((one) => one.id !== id));
    // A refused note is given back rather than lost.
    if (!outcome.ok) setNote((typed) => (typed === "" ? content : typed));
  };
  return { note, setNote, waiting, submit };
}
