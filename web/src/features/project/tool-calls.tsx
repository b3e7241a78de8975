import { Check, CircleSlash, LoaderCircle, Wrench, X } from "lucide-react";
import { memo } from "react";
import type { ToolCallView } from "@/lib/views";
import { words } from "@/words";
import { Fold } from "./message";

const says = words.conversation;

interface Props {
  readonly calls: readonly ToolCallView[];
  /** True where a call that has not ended never will: its work was interrupted. */
  readonly stale: boolean;
}

/** What an agent did besides writing, folded to one line. */
export const ToolCalls = memo(function ToolCalls({ calls, stale }: Props) {
  const last = calls.at(-1);
  if (last === undefined) return null;
  const summary =
    calls.length === 1 ? callWords(last, stale) : says.actions(calls.length, callWords(last, stale));
  return (
    <Fold
      summary={
        <>
          <Wrench className="size-3.5 shrink-0" aria-hidden="true" />
          <span className="truncate">{summary}</span>
        </>
      }
    >
      <ul className="space-y-1.5 py-0.5">
        {calls.map((call) => (
          <li key={call.call_id} className="flex items-start gap-2 text-[13px] text-ink-2">
            <CallState status={call.status} stale={stale} />
            <span className="min-w-0 wrap-anywhere">{callWords(call, stale)}</span>
          </li>
        ))}
      </ul>
    </Fold>
  );
}, sameCalls);

function CallState({ status, stale }: { status: ToolCallView["status"]; stale: boolean }) {
  if (status === "completed")
    return <Check className="mt-0.5 size-3.5 shrink-0 text-done" aria-label={says.toolDone} />;
  if (status === "error")
    return <X className="mt-0.5 size-3.5 shrink-0 text-fail" aria-label={says.toolFailed} />;
  if (stale)
    return <CircleSlash className="mt-0.5 size-3.5 shrink-0 text-ink-3" aria-label={says.toolInterrupted} />;
  return (
    <LoaderCircle
      className="mt-0.5 size-3.5 shrink-0 animate-spin text-active"
      aria-label={says.toolUnderWay}
    />
  );
}

const WRITING = /^Writing (.+)$/;

/** What was being written when the call broke off was not written. */
function callWords({ status, summary }: ToolCallView, stale: boolean): string {
  const path = WRITING.exec(summary)?.[1];
  if (status === "error") return path === undefined ? summary : says.notWritten(path);
  if (status !== "started" || !stale) return summary;
  return path === undefined ? says.interruptedCall(summary) : says.unfinished(path);
}

function sameCalls(a: Props, b: Props): boolean {
  return (
    a.stale === b.stale &&
    a.calls.length === b.calls.length &&
    a.calls.every((call, at) => call === b.calls[at])
  );
}
