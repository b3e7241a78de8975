import { Check, LoaderCircle, Wrench, X } from "lucide-react";
import { memo } from "react";
import { plural } from "@/lib/format";
import type { ToolCallView } from "@/lib/views";
import { Fold } from "./message";

/** What an agent did besides writing, folded to one line. */
export const ToolCalls = memo(function ToolCalls({ calls }: { calls: readonly ToolCallView[] }) {
  const last = calls.at(-1);
  if (last === undefined) return null;
  const summary = calls.length === 1 ? last.summary : `${plural(calls.length, "action")} · ${last.summary}`;
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
            <CallState status={call.status} />
            <span className="min-w-0 wrap-anywhere">{call.summary}</span>
          </li>
        ))}
      </ul>
    </Fold>
  );
}, sameCalls);

function CallState({ status }: { status: ToolCallView["status"] }) {
  if (status === "completed")
    return <Check className="mt-0.5 size-3.5 shrink-0 text-done" aria-label="Done" />;
  if (status === "error") return <X className="mt-0.5 size-3.5 shrink-0 text-fail" aria-label="Failed" />;
  return (
    <LoaderCircle className="mt-0.5 size-3.5 shrink-0 animate-spin text-active" aria-label="Under way" />
  );
}

function sameCalls(
  a: { readonly calls: readonly ToolCallView[] },
  b: { readonly calls: readonly ToolCallView[] },
): boolean {
  return a.calls.length === b.calls.length && a.calls.every((call, at) => call === b.calls[at]);
}
