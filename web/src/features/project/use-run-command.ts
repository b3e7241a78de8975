import { useCallback, useState } from "react";
import { toast } from "sonner";
import type { Outcome } from "@/lib/commands";
import type { JsonObject } from "@/lib/read";
import { useCommand } from "@/lib/use-live";
import type { CommandName } from "@/lib/wire";

/** Commands to one run. `pending` is the one under way; a refusal is told in words. */
export function useRunCommand(runId: string) {
  const command = useCommand();
  const [pending, setPending] = useState<CommandName | null>(null);
  const send = useCallback(
    async (name: CommandName, args: JsonObject = {}): Promise<Outcome> => {
      setPending(name);
      const outcome = await command(name, { run_id: runId, ...args });
      setPending(null);
      if (!outcome.ok) toast.error(outcome.error.message, { description: outcome.error.action });
      return outcome;
    },
    [command, runId],
  );
  return { send, pending };
}
