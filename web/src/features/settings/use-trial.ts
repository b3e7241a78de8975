import { useState } from "react";
import { problemFrom } from "@/lib/http";
import type { Problem } from "@/lib/wire";

export type TrialState<T> =
  | { readonly status: "idle" | "under way" }
  | { readonly status: "done"; readonly result: T }
  | { readonly status: "refused"; readonly problem: Problem };

/** Something that takes a while and is done when a person says so; one at a time. */
export function useTrial<T>(attempt: () => Promise<T>): readonly [TrialState<T>, () => Promise<void>] {
  const [state, setState] = useState<TrialState<T>>({ status: "idle" });
  const run = async () => {
    if (state.status === "under way") return;
    setState({ status: "under way" });
    try {
      setState({ status: "done", result: await attempt() });
    } catch (error) {
      setState({ status: "refused", problem: problemFrom(error) });
    }
  };
  return [state, run];
}
