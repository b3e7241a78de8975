import { startTransition, useLayoutEffect, useRef, useState } from "react";
import { getMessages } from "@/lib/api";
import { problemFrom } from "@/lib/http";
import type { RunView } from "@/lib/views";
import type { Problem } from "@/lib/wire";
import { type Chunk, droppedBetween, heldBy, MESSAGES_HELD, withEarlier, withLater } from "./past";

export interface Earlier {
  /** What was read of what the view does not hold, oldest first. */
  readonly chunks: readonly Chunk[];
  /** There is more before it. */
  readonly more: boolean;
  readonly reading: boolean;
  readonly problem: Problem | null;
  readonly read: () => void;
}

/** As many as the server gives at most. */
const READ_AT_ONCE = 200;
const NOTHING: readonly Chunk[] = [];

/**
 * The messages that a long run's view does not hold any more, as far as somebody wanted to read them. `atEnd`: where
 * the reader is; once back at the end, they go again.
 */
export function useEarlier(view: RunView, atEnd: boolean): Earlier {
  const [chunks, setChunks] = useState(NOTHING);
  const [whole, setWhole] = useState(false);
  const [reading, setReading] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [wasAtEnd, setWasAtEnd] = useState(atEnd);
  if (atEnd !== wasAtEnd) {
    setWasAtEnd(atEnd);
    setChunks(NOTHING);
    setWhole(false);
  }
  useKeepDropped(view, chunks, setChunks);
  const read = async () => {
    const first = chunks[0]?.[0] ?? heldBy(view).find(({ finish }) => finish !== null);
    if (first === undefined) return;
    setReading(true);
    setProblem(null);
    try {
      const messages = await getMessages(view.run_id, first.message_id, READ_AT_ONCE);
      startTransition(() => {
        setChunks((held) => withEarlier(held, messages));
        setWhole(messages.length < READ_AT_ONCE);
        setReading(false);
      });
    } catch (error) {
      setProblem(problemFrom(error));
      setReading(false);
    }
  };
  const full = view.steps.reduce((sum, { messages }) => sum + messages.length, 0) >= MESSAGES_HELD;
  return { chunks, more: full && !whole, reading, problem, read };
}

/** While somebody reads what was earlier, nothing is missing between it and what the view holds. */
function useKeepDropped(
  view: RunView,
  chunks: readonly Chunk[],
  keep: (change: (chunks: readonly Chunk[]) => readonly Chunk[]) => void,
): void {
  const before = useRef(view);
  const wanted = chunks.length > 0;
  useLayoutEffect(() => {
    const dropped = wanted ? droppedBetween(before.current, view) : [];
    before.current = view;
    if (dropped.length > 0) keep((held) => withLater(held, dropped));
  }, [view, wanted, keep]);
}
