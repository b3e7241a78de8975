import { FileDown, ScrollText } from "lucide-react";
import { auditUrl, runFileUrl } from "@/lib/api";
import { buttonClass } from "@/ui/button";
import { words } from "@/words";

const says = words.timeline;
/** Of more events the server makes no file. */
const FILE_EVENTS = 5_000;

/** The run as a file, and what was decided in it: for whoever may see it. */
export function Export({ runId, version }: { runId: string; version: number }) {
  const fits = version <= FILE_EVENTS;
  return (
    <section aria-label={says.export} className="border-t p-4">
      <h3 className="mb-1.5 text-xs font-medium text-ink-2">{says.export}</h3>
      <div className="flex flex-wrap gap-2">
        {fits && (
          <a href={runFileUrl(runId)} download className={buttonClass()} title={says.runFileHint}>
            <FileDown aria-hidden="true" /> {says.runFile}
          </a>
        )}
        <a
          href={auditUrl(runId)}
          download={`${runId}.audit.jsonl`}
          className={buttonClass()}
          title={says.auditHint}
        >
          <ScrollText aria-hidden="true" /> {says.audit}
        </a>
      </div>
      {!fits && <p className="mt-2 text-[13px] text-ink-2">{says.runFileTooLarge}</p>}
    </section>
  );
}
