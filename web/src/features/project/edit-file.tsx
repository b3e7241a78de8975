import { Pencil } from "lucide-react";
import { useState } from "react";
import { getArtifact } from "@/lib/api";
import { useMayCommand } from "@/lib/use-session";
import type { ArtifactView } from "@/lib/views";
import { IconButton } from "@/ui/button";
import { words } from "@/words";
import { isEditable } from "./file-kind";
import { TextEditor } from "./text-editor";
import { nameOf } from "./tree";
import { useRunCommand } from "./use-run-command";

const says = words.files;

/** Change a file by hand; what depends on it can be done again. Nothing where it cannot be changed as text. */
export function EditFile({ runId, file }: { runId: string; file: ArtifactView }) {
  const { send } = useRunCommand(runId);
  const mayCommand = useMayCommand();
  const [open, setOpen] = useState(false);
  const [rerun, setRerun] = useState(false);
  if (!mayCommand || !isEditable(file)) return null;
  const save = async (content: string) => {
    const outcome = await send("edit_artifact", { path: file.path, content, ...(rerun && { rerun }) });
    return outcome.ok;
  };
  return (
    <>
      <IconButton label={says.edit(nameOf(file.path))} onClick={() => setOpen(true)}>
        <Pencil aria-hidden="true" />
      </IconButton>
      {open && (
        <TextEditor
          title={says.edit(file.path)}
          action={says.save}
          load={async () => (await getArtifact(runId, file.path, file.version)).text()}
          onSave={save}
          onClose={() => setOpen(false)}
        >
          <label className="flex items-center gap-2 text-[13px] pointer-coarse:min-h-11">
            <input
              type="checkbox"
              checked={rerun}
              onChange={(event) => setRerun(event.target.checked)}
              className="size-4 accent-current"
            />
            {says.rerun}
          </label>
        </TextEditor>
      )}
    </>
  );
}
