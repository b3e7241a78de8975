import { useNavigate } from "@tanstack/react-router";
import { CornerDownLeft, LoaderCircle } from "lucide-react";
import { type KeyboardEvent, useState } from "react";
import { useMayCommand } from "@/lib/use-session";
import type { RunView } from "@/lib/views";
import { IconButton } from "@/ui/button";
import { words } from "@/words";
import { NOTE_BOX } from "./places";
import { useRunCommand } from "./use-run-command";

const says = words.ending;

/** Below a project that has ended: the same team goes on with its files, in a new project. */
export function FollowUpBox({ view }: { view: RunView }) {
  const { brief, setBrief, pending, submit } = useFollowUp(view.run_id);
  const mayCommand = useMayCommand();
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    submit();
  };
  return (
    <div className="flex items-end gap-1 rounded-lg border border-line-strong bg-raised pr-1.5 transition-colors duration-150 focus-within:border-ink-3">
      <textarea
        id={NOTE_BOX}
        aria-label={says.followUp}
        rows={1}
        value={brief}
        onChange={(event) => setBrief(event.target.value)}
        onKeyDown={onKeyDown}
        disabled={!mayCommand || pending}
        placeholder={mayCommand ? says.followUpHint : says.hasEnded}
        className="block field-sizing-content max-h-48 min-h-11 flex-1 resize-none bg-transparent px-3.5 py-2.5 text-[15px] leading-6 outline-none"
      />
      <IconButton
        label={says.startFollowUp}
        onClick={submit}
        disabled={!mayCommand || pending || brief.trim() === ""}
        className="mb-1.5"
      >
        {pending ? (
          <LoaderCircle className="animate-spin" aria-hidden="true" />
        ) : (
          <CornerDownLeft aria-hidden="true" />
        )}
      </IconButton>
    </div>
  );
}

function useFollowUp(runId: string) {
  const { send, pending } = useRunCommand(runId);
  const [brief, setBrief] = useState("");
  const navigate = useNavigate();
  const submit = async () => {
    if (brief.trim() === "" || pending !== null) return;
    const outcome = await send("follow_up_run", { brief: brief.trim() });
    // A refused one stays in the box.
    if (!outcome.ok) return;
    await navigate({ to: "/projects/$runId", params: { runId: String(outcome.result.run_id) } });
  };
  return { brief, setBrief, pending: pending !== null, submit };
}
