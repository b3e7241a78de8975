import { useEffect, useState } from "react";
import { problemFrom } from "@/lib/http";
import { checkTeam, type Fault, type TeamPlan, type TeamText } from "@/lib/teams";
import type { Problem } from "@/lib/wire";
import { sendable } from "./drafts";

export const RESTS_MS = 300;

export interface Judged {
  /** The team of the last text that was in order. */
  readonly plan: TeamPlan | null;
  readonly faults: readonly Fault[];
  /** Of asking, where it failed. */
  readonly problem: Problem | null;
  /** Whether the newest text was not judged yet. */
  readonly checking: boolean;
}

/** What the server thinks of a text: asked once typing rests; an answer about an older text is not waited for. */
export function useVerdict(draft: TeamText, known: TeamPlan | null, wanted: boolean): Judged {
  const [judged, setJudged] = useState<Omit<Judged, "checking">>({ plan: known, faults: [], problem: null });
  const [done, setDone] = useState<TeamText | null>(null);
  useEffect(() => {
    if (!wanted) return;
    const stop = new AbortController();
    const ask = async () => {
      try {
        const { team, faults } = await checkTeam(sendable(draft), stop.signal);
        setJudged((before) => ({ plan: team ?? before.plan, faults, problem: null }));
      } catch (error) {
        if (stop.signal.aborted) return;
        setJudged((before) => ({ ...before, problem: problemFrom(error) }));
      }
      setDone(draft);
    };
    const timer = setTimeout(ask, RESTS_MS);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [draft, wanted]);
  return { ...judged, checking: wanted && done !== draft };
}
