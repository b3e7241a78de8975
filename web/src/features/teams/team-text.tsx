import { useRef, useState } from "react";
import type { Fault, TeamText as Text } from "@/lib/teams";
import { cn } from "@/ui/cn";
import { words } from "@/words";
import { filesOf } from "./drafts";
import { FaultList } from "./fault-list";
import { goToLine, TextPane } from "./text-pane";
import type { Judged } from "./use-verdict";

const says = words.teams;

interface Props {
  readonly name: string;
  readonly draft: Text;
  /** Without them the text can be read and not changed. */
  readonly onDraft?: (draft: Text) => void;
  readonly judged?: Judged;
}

/** The files of a team, one at a time: its YAML, and the instructions that it names. */
export function TeamText({ name, draft, onDraft, judged }: Props) {
  const [open, setOpen] = useState<string | null>(null);
  const box = useRef<HTMLTextAreaElement>(null);
  const files = filesOf(draft);
  const shown = open !== null && files.includes(open) ? open : null;
  const yamlName = `${name}.yaml`;
  const text = shown === null ? draft.yaml : (draft.instructions[shown] ?? "");
  const change = (next: string) =>
    onDraft?.(
      shown === null
        ? { ...draft, yaml: next }
        : { ...draft, instructions: { ...draft.instructions, [shown]: next } },
    );
  const show = (fault: Fault) => {
    setOpen(null);
    // The box may still hold another file.
    requestAnimationFrame(() => goToLine(box.current, draft.yaml, fault.line));
  };
  return (
    <div>
      {files.length > 0 && (
        <nav aria-label={says.files} className="mb-2 flex flex-wrap gap-1">
          <FileTab name={yamlName} current={shown === null} onOpen={() => setOpen(null)} />
          {files.map((file) => (
            <FileTab
              key={file}
              name={file}
              fresh={!Object.hasOwn(draft.instructions, file)}
              current={file === shown}
              onOpen={() => setOpen(file)}
            />
          ))}
        </nav>
      )}
      <TextPane
        label={shown ?? yamlName}
        text={text}
        faults={shown === null ? (judged?.faults ?? []) : []}
        onText={onDraft && change}
        box={box}
      />
      {judged !== undefined && <FaultList judged={judged} onPick={show} />}
    </div>
  );
}

interface TabProps {
  readonly name: string;
  readonly current: boolean;
  readonly fresh?: boolean;
  readonly onOpen: () => void;
}

function FileTab({ name, current, fresh = false, onOpen }: TabProps) {
  return (
    <button
      type="button"
      aria-current={current ? "true" : undefined}
      onClick={onOpen}
      className={cn(
        "h-8 max-w-60 truncate rounded-md border px-2.5 font-mono text-xs pointer-coarse:min-h-11",
        current ? "border-line-strong bg-hover text-ink" : "border-transparent text-ink-2 hover:bg-hover",
      )}
    >
      {name}
      {fresh && <span className="ml-1.5 text-ink-3">{says.newFile}</span>}
    </button>
  );
}
