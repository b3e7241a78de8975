import { useCallback, useRef } from "react";
import type { Outcome } from "@/lib/commands";
import { commandByHttp, isLarge } from "@/lib/large-command";
import type { JsonObject } from "@/lib/read";
import { useCommand } from "@/lib/use-live";
import { uuid } from "@/lib/uuid";

/** Starts a project. What is too large for a frame goes over HTTP; asked again for the same, it starts one. */
export function useBeginning(): (args: JsonObject) => Promise<Outcome> {
  const command = useCommand();
  const last = useRef<{ readonly what: string; readonly id: string } | null>(null);
  return useCallback(
    async (args) => {
      if (!isLarge(args)) return command("start_run", args);
      const what = JSON.stringify(args);
      if (last.current?.what !== what) last.current = { what, id: uuid() };
      const outcome = await commandByHttp("start_run", args, last.current.id);
      // What was refused for good, or done, is another project the next time.
      if (outcome.ok || !outcome.error.retryable) last.current = null;
      return outcome;
    },
    [command],
  );
}
