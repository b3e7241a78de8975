import { FileText } from "lucide-react";
import type { Gate } from "@/lib/events";
import { Button } from "@/ui/button";
import { Markdown } from "@/ui/markdown";
import { words } from "@/words";
import { useShowFile } from "./show-file";

const says = words.requests;

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
          aria-label={says.toBeApproved}
          data-written=""
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable with the keyboard
          tabIndex={0}
          className="max-h-48 overflow-y-auto rounded-md border bg-raised px-3.5 py-2.5 text-sm"
        >
          <Markdown text={gate.excerpt} />
        </section>
      )}
      {listed.length > 0 && (
        <ul aria-label={says.filesToBeApproved} className="flex flex-wrap gap-1.5">
          {listed.map(({ path, version }) => (
            <li key={path} className="min-w-0">
              <Button className="max-w-full font-normal" onClick={() => showFile(path)} title={path}>
                <FileText className="text-ink-3" aria-hidden="true" />
                <span className="truncate">{path}</span>
                {version > 1 && <span className="text-ink-3 tabular-nums">{words.files.short(version)}</span>}
              </Button>
            </li>
          ))}
          {more > 0 && <li className="self-center px-1 text-[13px] text-ink-2">{says.moreFiles(more)}</li>}
        </ul>
      )}
    </div>
  );
}
