import { RotateCw } from "lucide-react";
import { Button } from "@/ui/button";
import { useRunCommand } from "./use-run-command";

export function RetryStep({ runId, step }: { runId: string; step: string }) {
  const { send, pending } = useRunCommand(runId);
  return (
    <Button disabled={pending !== null} onClick={() => send("retry_step", { step })}>
      <RotateCw aria-hidden="true" /> Retry the step
    </Button>
  );
}
