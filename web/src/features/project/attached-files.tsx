import { getAttachedText } from "@/lib/attachments";
import type { RunView } from "@/lib/views";
import { AttachedFile } from "@/ui/attached-file";
import { words } from "@/words";

/** What was attached to the brief. */
export function AttachedFiles({ view: { run_id: runId, attachments } }: { view: RunView }) {
  if (attachments.length === 0) return null;
  const numbered = attachments.map((file, at) => ({ ...file, number: at + 1 }));
  return (
    <ul aria-label={words.attachments.attached} className="mt-3 flex flex-wrap gap-2">
      {numbered.map(({ number, name, size, cut }) => (
        <li key={number} className="max-w-full min-w-0">
          <AttachedFile name={name} size={size} cut={cut} load={() => getAttachedText(runId, number)} />
        </li>
      ))}
    </ul>
  );
}
