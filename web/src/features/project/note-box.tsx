import { Clock3, CornerDownLeft } from "lucide-react";
import { type KeyboardEvent, useState } from "react";
import { useConnected } from "@/lib/use-live";
import { useMayCommand } from "@/lib/use-session";
import type { RunView } from "@/lib/views";
import { IconButton } from "@/ui/button";
import { words } from "@/words";
import { addressed, listeners } from "./hearing";
import { NOTE_BOX } from "./places";
import { useRunCommand } from "./use-run-command";

const says = words.notes;

const TEAM = "";

/** A word to the team. While there is no connection it waits here, and says so. */
export function NoteBox({ view }: { view: RunView }) {
  const { note, setNote, to, setTo, waiting, submit } = useNote(view);
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
          <span className="ml-auto shrink-0 text-ink-3">{connected ? says.sending : says.waits}</span>
        </p>
      ))}
      <div className="flex items-end gap-1 rounded-lg border border-line-strong bg-raised pr-1.5 transition-colors duration-150 focus-within:border-ink-3">
        <textarea
          id={NOTE_BOX}
          aria-label={says.label}
          rows={1}
          value={note}
          onChange={(event) => setNote(event.target.value)}
          onKeyDown={onKeyDown}
          disabled={!mayCommand}
          placeholder={mayCommand ? says.placeholder : says.viewers}
          className="block field-sizing-content max-h-48 min-h-11 flex-1 resize-none bg-transparent px-3.5 py-2.5 text-[15px] leading-6 outline-none"
        />
        {mayCommand && <Whom view={view} to={to} onChoose={setTo} />}
        <IconButton
          label={says.send}
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

interface WhomProps {
  readonly view: RunView;
  readonly to: string;
  readonly onChoose: (step: string) => void;
}

function Whom({ view, to, onChoose }: WhomProps) {
  return (
    <select
      aria-label={says.whom}
      value={to}
      onChange={(event) => onChoose(event.target.value)}
      className="mb-1.5 h-8 max-w-32 rounded-md bg-transparent px-1 text-[13px] text-ink-2"
    >
      <option value={TEAM}>{says.team}</option>
      {listeners(view.steps).map(({ step, agent_name }) => (
        <option key={step} value={step}>
          {agent_name}
        </option>
      ))}
    </select>
  );
}

interface Waiting {
  readonly id: number;
  readonly content: string;
}

function useNote(view: RunView) {
  const { send } = useRunCommand(view.run_id);
  const [note, setNote] = useState("");
  const [chosen, setTo] = useState(TEAM);
  // Who was chosen may be done meanwhile.
  const to = listeners(view.steps).some(({ step }) => step === chosen) ? chosen : TEAM;
  const [waiting, setWaiting] = useState<readonly Waiting[]>([]);
  const submit = async () => {
    const { step, content } = addressed(note, view.steps);
    if (content === "") return;
    const told = step ?? (to === TEAM ? null : to);
    const id = (waiting.at(-1)?.id ?? 0) + 1;
    setNote("");
    setWaiting((before) => [...before, { id, content }]);
    const outcome = await send("add_note", told === null ? { content } : { content, step: told });
    setWaiting((before) => before.filter((one) => one.id !== id));
    // A refused note is given back rather than lost.
    if (!outcome.ok) setNote((typed) => (typed === "" ? note : typed));
    else setTo(TEAM);
  };
  return { note, setNote, to, setTo, waiting, submit };
}
