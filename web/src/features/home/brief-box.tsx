import { ArrowRight, LoaderCircle } from "lucide-react";
import { type ClipboardEvent, type KeyboardEvent, useEffect, useId, useRef } from "react";
import type { Team } from "@/lib/api";
import { Button } from "@/ui/button";
import { cn } from "@/ui/cn";
import { Select } from "@/ui/select";
import { Kbd } from "@/ui/small";
import { words } from "@/words";
import { TEAM_DECIDES } from "./approvals";
import { AttachButton } from "./attach-button";
import { AttachedList } from "./attached-list";
import { isReading } from "./attaching";
import { briefFault, briefMeter } from "./brief";
import type { Attachments } from "./use-attachments";
import { useFileDrop } from "./use-file-drop";

const says = words.home.box;
const asks = words.home.approvals;

interface Props {
  readonly brief: string;
  readonly onBrief: (brief: string) => void;
  readonly teams: readonly Team[];
  readonly team: string | null;
  readonly onTeam: (name: string) => void;
  /** When to be asked: `TEAM_DECIDES`, `each`, `none`, or an agent's name. */
  readonly approvals: string;
  readonly onApprovals: (approvals: string) => void;
  readonly connected: boolean;
  readonly starting: boolean;
  readonly onStart: () => void;
  readonly attachments: Attachments;
}

export function BriefBox(props: Props) {
  const { brief, onBrief, teams, team, onTeam, connected, starting, onStart, attachments } = props;
  const faultId = useId();
  const box = useFocusOnceConnected(connected);
  const fault = briefFault(brief);
  const reading = isReading(attachments.state);
  const ready = connected && !starting && !reading && fault === null && brief.trim() !== "";
  const over = useFileDrop(connected, attachments.add);
  const onPaste = (event: ClipboardEvent) => {
    const { files } = event.clipboardData;
    // What has a text, too, is pasted as that: office programs put a picture of it beside it.
    if (files.length === 0 || event.clipboardData.types.includes("text/plain")) return;
    event.preventDefault();
    attachments.add([...files].map((file) => ({ file })));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    if (ready) onStart();
  };
  return (
    <div
      data-tour="brief"
      className={cn(
        "rounded-xl border transition-colors duration-150 focus-within:border-ink-3",
        connected ? "border-line-strong bg-raised shadow-raised" : "border-dashed bg-hover",
        over && "border-active ring-2 ring-active/30",
      )}
    >
      <textarea
        ref={box}
        aria-label={says.label}
        aria-invalid={fault !== null}
        aria-describedby={fault === null ? undefined : faultId}
        value={brief}
        onChange={(event) => onBrief(event.target.value)}
        onKeyDown={onKeyDown}
        onPaste={onPaste}
        disabled={!connected}
        placeholder={says.placeholder}
        rows={4}
        className="block field-sizing-content max-h-[45dvh] min-h-30 w-full resize-none bg-transparent px-4 pt-4 pb-2 text-base leading-relaxed outline-none disabled:cursor-not-allowed disabled:text-ink-2"
      />
      {fault !== null && (
        <p id={faultId} role="alert" className="px-4 pb-1 text-[13px] text-fail">
          {fault}
        </p>
      )}
      <AttachedList attachments={attachments} />
      <div className="flex min-h-13 flex-wrap items-center gap-x-3 gap-y-2 px-3 pb-3">
        {teams.length > 1 && (
          <Select label={says.team} value={team ?? ""} onChange={onTeam}>
            {teams.map(({ name, title }) => (
              <option key={name} value={name}>
                {title}
              </option>
            ))}
          </Select>
        )}
        <Approvals {...props} />
        <AttachButton disabled={!connected} onFiles={attachments.add} />
        <span className={cn("flex-1 pl-1 text-xs", connected ? "text-ink-3" : "text-ink-2")}>
          {connected ? (
            <span className="hidden items-center gap-1.5 sm:flex pointer-coarse:hidden">
              <Kbd>{says.enter}</Kbd> {says.starts} <span aria-hidden="true">·</span>{" "}
              <Kbd>{says.shiftEnter}</Kbd> {says.newLine}
            </span>
          ) : (
            says.kept
          )}
        </span>
        <span className="text-xs text-ink-3 tabular-nums">{briefMeter(brief)}</span>
        <Button look="primary" onClick={onStart} disabled={!ready} className="h-9 px-4">
          {starting ? says.starting : says.start}
          {starting ? (
            <LoaderCircle className="animate-spin" aria-hidden="true" />
          ) : (
            <ArrowRight aria-hidden="true" />
          )}
        </Button>
      </div>
    </div>
  );
}

/** Whose work a person looks at before the team goes on. */
function Approvals({ teams, team, approvals, onApprovals }: Props) {
  const agents = teams.find(({ name }) => name === team)?.steps.map((step) => step.agent_name) ?? [];
  return (
    <Select label={asks.label} value={approvals} onChange={onApprovals}>
      <option value={TEAM_DECIDES}>{asks.team}</option>
      <option value="each">{asks.each}</option>
      {[...new Set(agents)].map((agent) => (
        <option key={agent} value={`agent ${agent}`}>
          {asks.after(agent)}
        </option>
      ))}
      <option value="none">{asks.none}</option>
    </Select>
  );
}

/** Type at once: the box has the focus as soon as it takes text, unless something else has it or a thumb would type. */
function useFocusOnceConnected(connected: boolean) {
  const box = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    const free = document.activeElement === null || document.activeElement === document.body;
    if (connected && free && matchMedia("(pointer: fine)").matches)
      box.current?.focus({ preventScroll: true });
  }, [connected]);
  return box;
}
