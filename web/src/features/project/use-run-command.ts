import { useCallback, useState } from "react";
import type { Outcome } from "@/lib/commands";
import { commandByHttp, isLarge } from "@/lib/large-command";
import type { JsonObject } from "@/lib/read";
import { useCommand } from "@/lib/use-live";
import type { CommandName } from "@/lib/wire";
import { toast } from "@/ui/toast";

/** Commands to one run. `pending` is the one under way; a refusal is told in words. */
export function useRunCommand(runId: string) {
  const command = useCommand();
  const [pending, setPending] = useState<CommandName | null>(null);
  const send = useCallback(
    async (name: CommandName, args: JsonObject = {}): Promise<Outcome> => {
      setPending(name);
      const all = { run_id: runId, ...args };
      const outcome = await (isLarge(args) ? commandByHttp(name, all) : command(name, all));
      setPending(null);
      if (!outcome.ok) toast.error(outcome.error.message, { description: outcome.error.action });
      return outcome;
    },
    [command, runId],
  );
  return { send, pending };
}
