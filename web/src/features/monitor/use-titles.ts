import { useMemo } from "react";
import { useLive } from "@/lib/use-live";
import { words } from "@/words";
import { shortId } from "./looks";

/** What a project is called; those older than the newest hundred go by their id. */
export function useTitles(): (runId: string) => string {
  const runs = useLive((state) => state.runs);
  return useMemo(() => {
    const titles = new Map(runs?.map(({ run_id, title }) => [run_id, title]));
    return (runId) => titles.get(runId) ?? words.monitor.untitled(shortId(runId));
  }, [runs]);
}
