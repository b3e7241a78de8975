import { CircleAlert, CircleCheck, LoaderCircle } from "lucide-react";
import type { Fault } from "@/lib/teams";
import { ProblemNote } from "@/ui/small";
import { words } from "@/words";
import type { Judged } from "./use-verdict";

const says = words.teams;

/** In a word how the text is. */
export function Verdict({ judged }: { judged: Judged }) {
  return (
    <p role="status" className="flex h-8 min-w-0 flex-1 items-center gap-1.5 text-[13px] text-ink-2">
      <State judged={judged} />
    </p>
  );
}

/** What is wrong with the text, each with the way to its line. */
export function FaultList({ judged, onPick }: { judged: Judged; onPick: (fault: Fault) => void }) {
  const { faults, problem, checking } = judged;
  return (
    <div className="mt-2 space-y-2 empty:hidden">
      {problem !== null && !checking && <ProblemNote problem={problem} />}
      {faults.length > 0 && (
        <ul className="divide-y divide-fail-line overflow-hidden rounded-lg border border-fail-line">
          {faults.map((fault) => (
            <li key={`${fault.line} ${fault.column} ${fault.reason}`}>
              <button
                type="button"
                onClick={() => onPick(fault)}
                className="block w-full bg-fail-soft px-3.5 py-2 text-left text-[13px] -outline-offset-2 hover:underline pointer-coarse:min-h-11"
              >
                {says.fault(fault.line, fault.reason)}
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function State({ judged: { faults, problem, checking } }: { judged: Judged }) {
  if (checking) {
    return (
      <>
        <LoaderCircle className="size-4 animate-spin text-ink-3" aria-hidden="true" /> {says.checking}
      </>
    );
  }
  if (problem !== null) return says.cannotCheck;
  if (faults.length > 0) {
    return (
      <>
        <CircleAlert className="size-4 text-fail" aria-hidden="true" /> {says.mistakes(faults.length)}
      </>
    );
  }
  return (
    <>
      <CircleCheck className="size-4 text-done" aria-hidden="true" /> {says.inOrder}
    </>
  );
}
