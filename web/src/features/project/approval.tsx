import { LoaderCircle, RefreshCw } from "lucide-react";
import { useState } from "react";
import { getArtifact } from "@/lib/api";
import type { Decision, Gate } from "@/lib/events";
import type { ArtifactView, RequestView, RunView } from "@/lib/views";
import { Button } from "@/ui/button";
import { words } from "@/words";
import { isEditable } from "./file-kind";
import { TextEditor } from "./text-editor";
import { ToolArguments } from "./tool-arguments";
import { useAnswer } from "./use-answer";

const says = words.requests;

interface Props {
  readonly request: RequestView;
  readonly gate: Gate;
  readonly view: RunView;
}

/** Approve, edit, send back with a word, or say something else. */
export function ApprovalDecision({ request, gate, view }: Props) {
  const { answer, pending } = useAnswer(request, view.run_id);
  const [word, setWord] = useState("");
  const [sent, setSent] = useState<Decision | null>(null);
  const [edited, setEdited] = useState<string | null>(null);
  const [seen, setSeen] = useState(request.subject);
  const typed = word.trim();
  const before = gate.when === "before";
  const decide = async (decision: Decision) => {
    setSent(decision);
    setSeen(request.subject);
    await answer(decision, typed);
    setSent(null);
  };
  const label = (decision: Decision, name: string) => (
    <>
      {sent === decision && <LoaderCircle className="animate-spin" aria-hidden="true" />}
      {sent === decision ? says.sending : name}
    </>
  );
  return (
    <div className="mt-3 space-y-2.5">
      {seen !== request.subject && <Changed />}
      <textarea
        aria-label={says.word}
        rows={1}
        value={word}
        onChange={(event) => setWord(event.target.value)}
        placeholder={says.gates[gate.when]}
        className="block field-sizing-content max-h-60 min-h-10 w-full resize-none rounded-md border border-line-strong bg-raised px-3 py-2 text-sm outline-none focus:border-ink-3"
      />
      <div className="flex flex-wrap gap-2">
        <Button
          look="primary"
          disabled={pending}
          onClick={() => decide(before && typed !== "" ? "edit" : "approve")}
        >
          {label(sent === "edit" ? "edit" : "approve", says.approve)}
        </Button>
        {!before && (
          <Button disabled={pending} onClick={() => setEdited(request.subject)}>
            {says.edit}
          </Button>
        )}
        <Button disabled={pending} onClick={() => decide("reject")}>
          {label("reject", gate.when === "tool" ? says.doNotCall : says.sendBack)}
        </Button>
        <Button disabled={pending || typed === ""} onClick={() => decide("respond")}>
          {label("respond", says.respond)}
        </Button>
      </div>
      {edited !== null && gate.when === "tool" && (
        <ToolArguments
          shown={gate.excerpt}
          onSave={async (text) => (await answer("edit", text, { subject: edited })).ok}
          onClose={() => setEdited(null)}
        />
      )}
      {edited !== null && gate.when === "after" && (
        <ApprovedText
          {...textOf(view, gate, request)}
          runId={view.run_id}
          onSave={async (text, path) =>
            (await answer("edit", text, { subject: edited, ...(path !== null && { path }) })).ok
          }
          onClose={() => setEdited(null)}
        />
      )}
    </div>
  );
}

function Changed() {
  return (
    <p role="status" className="flex items-start gap-2 text-[13px]">
      <RefreshCw className="mt-0.5 size-4 shrink-0 text-wait" aria-hidden="true" />
      {says.changed}
    </p>
  );
}

/** What an edit is of: the first file that is text or, where there is none, the reply. */
function textOf(view: RunView, gate: Gate, request: RequestView) {
  const files = gate.artifacts.flatMap(({ path }) => view.artifacts.filter((one) => one.path === path));
  const file = files.find(isEditable) ?? null;
  const step = view.steps.find((one) => one.step === request.step);
  const message = step?.messages.find((one) => one.message_id === gate.message_id);
  return { file, reply: message?.text ?? gate.excerpt };
}

interface TextProps {
  readonly file: ArtifactView | null;
  readonly reply: string;
  readonly runId: string;
  readonly onSave: (text: string, path: string | null) => Promise<boolean>;
  readonly onClose: () => void;
}

function ApprovedText({ file, reply, runId, onSave, onClose }: TextProps) {
  const load = async () =>
    file === null ? reply : (await getArtifact(runId, file.path, file.version)).text();
  return (
    <TextEditor
      title={file === null ? says.editReply : says.editFile(file.path)}
      action={says.saveAndApprove}
      load={load}
      onSave={(text) => onSave(text, file?.path ?? null)}
      onClose={onClose}
    />
  );
}
