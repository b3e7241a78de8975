import { words } from "@/words";

/** What finds a failure in the server's log, to be told to whoever can look there. */
export function Reference({ reference }: { reference: string | null }) {
  if (reference === null) return null;
  return (
    <p className="mt-1 text-xs text-ink-2">
      {words.faults.reference} <span className="font-mono select-all">{reference}</span>
    </p>
  );
}
