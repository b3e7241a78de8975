import { useEffect, useState } from "react";
import { useStore } from "zustand/react";
import { getEvents } from "@/lib/api";
import { useConnected, useListen } from "@/lib/use-live";
import { type Recorded, Recorder } from "./recorder";

/** Text comes in tens of pieces a second; a few pictures a second tell the same. */
const TOGETHER_MS = 150;

function soon(apply: () => void): void {
  setTimeout(apply, TOGETHER_MS);
}

interface Use extends Recorded {
  /** Another try after a failure. */
  readonly again: () => void;
}

/** A run's events, read and then followed while the component is on the screen; for one run only. */
export function useRecording(runId: string): Use {
  const listen = useListen();
  const connected = useConnected();
  const [recorder] = useState(
    () => new Recorder(runId, { page: (after, signal) => getEvents(runId, after, signal), listen, soon }),
  );
  useEffect(() => recorder.start(), [recorder]);
  // A server that was away is there again.
  useEffect(() => {
    if (connected) recorder.again();
  }, [connected, recorder]);
  return { ...useStore(recorder.store), again: recorder.again };
}
