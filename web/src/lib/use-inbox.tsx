/** What waits for a person, over all projects: asked of the server, and again when the stream says that it changed. */

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { getRequests } from "./api";
import { useLive } from "./use-live";

const KEY = ["requests"];
/** Several changes that come together are asked about once. */
const SETTLES_MS = 200;

export function useInbox() {
  const ready = useLive((state) => state.asked > 0);
  return useQuery({
    queryKey: KEY,
    queryFn: ({ signal }) => getRequests(signal),
    staleTime: Number.POSITIVE_INFINITY,
    enabled: ready,
  });
}

/** How many requests wait; 0 while that is not known. */
export function useWaiting(): number {
  return useInbox().data?.total ?? 0;
}

/** Keeps the inbox up to date while the component is on the screen. */
export function useInboxUpkeep(): void {
  const queries = useQueryClient();
  const asked = useLive((state) => state.asked);
  useEffect(() => {
    // The first one is asked for by whoever shows it.
    if (asked < 2) return;
    const timer = setTimeout(() => void queries.invalidateQueries({ queryKey: KEY }), SETTLES_MS);
    return () => clearTimeout(timer);
  }, [queries, asked]);
}
