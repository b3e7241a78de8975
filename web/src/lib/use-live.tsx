/** The thin binding of the live store to React. */

import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useSyncExternalStore,
} from "react";
import { useStore } from "zustand/react";
import type { Outcome } from "./commands";
import type { JsonObject } from "./read";
import type { Live, LiveState } from "./store";
import type { CommandName, LogFilter } from "./wire";

const LiveContext = createContext<Live | null>(null);

export function LiveProvider({ live, children }: { live: Live; children: ReactNode }) {
  return <LiveContext value={live}>{children}</LiveContext>;
}

function useLiveObject(): Live {
  const live = useContext(LiveContext);
  if (live === null) throw new Error("LiveProvider is missing");
  return live;
}

export function useLive<T>(select: (state: LiveState) => T): T {
  return useStore(useLiveObject().store, select);
}

/**
 * Follow a topic while the component is on the screen; null: none. `filter` is the log's, and has to keep its
 * identity while it says the same.
 */
export function useWatch(topic: string | null, filter?: LogFilter): void {
  const live = useLiveObject();
  useEffect(() => (topic === null ? undefined : live.watch(topic, filter)), [live, topic, filter]);
}

export function useListen(): Live["listen"] {
  const live = useLiveObject();
  return useCallback((hear) => live.listen(hear), [live]);
}

export function useCommand(): (name: CommandName, args: JsonObject) => Promise<Outcome> {
  const { connection } = useLiveObject();
  return useCallback((name, args) => connection.command(name, args), [connection]);
}

export function useRetryNow(): () => void {
  const { connection } = useLiveObject();
  return useCallback(() => connection.wake(), [connection]);
}

export function useConnected(): boolean {
  return useLive((state) => state.link.status === "connected");
}

/** Now, by this browser's clock, in whole seconds of milliseconds; still while `running` is false. */
export function useNow(running = true): number {
  return useSyncExternalStore(running ? everySecond : never, wholeSecond);
}

/** Now, by the server's clock. */
export function useServerNow(running = true): number {
  return useNow(running) + useLive((state) => state.clockAheadMs);
}

function wholeSecond(): number {
  return Math.floor(Date.now() / 1000) * 1000;
}

function never(): () => void {
  return () => {};
}

function everySecond(changed: () => void): () => void {
  const timer = setInterval(changed, 1000);
  return () => clearInterval(timer);
}
