import { useMemo } from "react";
import { useLive } from "@/lib/use-live";
import { words } from "@/words";
import { shortId } from "./looks";

interface Titled {
  readonly run_id: string;
  readonly title: string;
}

const NONE: readonly Titled[] = [];

/** What a project is called; those older than the newest hundred go by their id, where `known` has not more. */
export function useTitles(known = NONE): (runId: string) => string {
  const runs = useLive((state) => state.runs);
  return useMemo(() => {
    const titles = new Map([...known, ...(runs ?? [])].map(({ run_id, title }) => [run_id, title]));
    return (runId) => titles.get(runId) ?? words.monitor.untitled(shortId(runId));
  }, [runs, known]);
}
