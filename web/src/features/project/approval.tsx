import { FileText, LoaderCircle, RefreshCw } from "lucide-react";
import { useState } from "react";
import { getArtifact } from "@/lib/api";
import type { Decision, Gate } from "@/lib/events";
import { plural } from "@/lib/format";
import type { ArtifactView, RequestView, RunView } from "@/lib/views";
import { Button } from "@/ui/button";
import { Markdown } from "@/ui/markdown";
import { isEditable } from "./file-kind";
import { useShowFile } from "./show-file";
import { TextEditor } from "./text-editor";
import { ToolArguments } from "./tool-arguments";
import { useAnswer } from "./use-answer";

const FILES_LISTED = 8;

/** What is to be approved: the end of what was said, and the files. */
export function Shown({ gate }: { gate: Gate }) {
  const showFile = useShowFile();
  const listed = gate.artifacts.slice(0, FILES_LISTED);
  const more = gate.artifacts.length - listed.length + gate.more;
  return (
    <div className="mt-3 space-y-2.5">
      {gate.excerpt !== "" && gate.when !== "tool" && (
        <section
          aria-label="What is to be approved"
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable with the keyboard
          tabIndex={0}
          className="max-h-48 overflow-y-auto rounded-md border bg-raised px-3.5 py-2.5 text-sm"
        >
          <Markdown text={gate.excerpt} />
        </section>
      )}
      {listed.length > 0 && (
        <ul aria-label="Files to be approved" className="flex flex-wrap gap-1.5">
          {listed.map(({ path, version }) => (
            <li key={path} className="min-w-0">
              <Button className="max-w-full font-normal" onClick={() => showFile(path)} title={path}>
                <FileText className="text-ink-3" aria-hidden="true" />
                <span className="truncate">{path}</span>
                {version > 1 && <span className="text-ink-3 tabular-nums">v{version}</span>}
              </Button>
            </li>
          ))}
          {more > 0 && (
            <li className="self-center px-1 text-[13px] text-ink-2">and {plural(more, "file")} more</li>
          )}
        </ul>
      )}
    </div>
  );
}

interface Props {
  readonly request: RequestView;
  readonly gate: Gate;
  readonly view: RunView;
}

const WORDS: Readonly<Record<Gate["when"], string>> = {
  before: "A word on the way, or what should be done first",
  after: "What should be different?",
  tool: "Why not, or what to do instead",
};

/** Approve, edit, send back with a word, or say something else. */
export function ApprovalDecision({ request, gate, view }: Props) {
  const { answer, pending } = useAnswer(request, view.run_id);
  const [words, setWords] = useState("");
  const [sent, setSent] = useState<Decision | null>(null);
  const [edited, setEdited] = useState<string | null>(null);
  const [seen, setSeen] = useState(request.subject);
  const typed = words.trim();
  const before = gate.when === "before";
  const decide = async (decision: Decision) => {
    setSent(decision);
    setSeen(request.subject);
    await answer(decision, typed);
    setSent(null);
  };
  const label = (decision: Decision, word: string) => (
    <>
      {sent === decision && <LoaderCircle className="animate-spin" aria-hidden="true" />}
      {sent === decision ? "Sending" : word}
    </>
  );
  return (
    <div className="mt-3 space-y-2.5">
      {seen !== request.subject && <Changed />}
      <textarea
        aria-label="A word with your decision"
        rows={1}
        value={words}
        onChange={(event) => setWords(event.target.value)}
        placeholder={WORDS[gate.when]}
        className="block field-sizing-content max-h-60 min-h-10 w-full resize-none rounded-md border border-line-strong bg-raised px-3 py-2 text-sm outline-none focus:border-ink-3"
      />
      <div className="flex flex-wrap gap-2">
        <Button
          look="primary"
          disabled={pending}
          onClick={() => decide(before && typed !== "" ? "edit" : "approve")}
        >
          {sent === "edit" ? label("edit", "Approve") : label("approve", "Approve")}
        </Button>
        {!before && (
          <Button disabled={pending} onClick={() => setEdited(request.subject)}>
            Edit
          </Button>
        )}
        <Button disabled={pending} onClick={() => decide("reject")}>
          {label("reject", gate.when === "tool" ? "Do not call it" : "Send back")}
        </Button>
        <Button disabled={pending || typed === ""} onClick={() => decide("respond")}>
          {label("respond", "Respond")}
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
      This has changed since you opened it. What you see is the new version.
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
      title={file === null ? "Edit the reply" : `Edit ${file.path}`}
      action="Save and approve"
      load={load}
      onSave={(text) => onSave(text, file?.path ?? null)}
      onClose={onClose}
    />
  );
}
