import { RotateCw } from "lucide-react";
import type { ErrorView, RunView } from "@/lib/views";
import { Button } from "@/ui/button";
import { ProblemNote } from "@/ui/small";
import { canRetry, errorOf } from "./run-facts";
import { useRunCommand } from "./use-run-command";

/** What went wrong, in words, with what can be done about it. */
export function ErrorEntry({ error, view }: { error: ErrorView; view: RunView }) {
  const { send, pending } = useRunCommand(view.run_id);
  const step = view.steps.find((one) => one.step === error.step);
  const newest = step !== undefined && errorOf(view, step.step)?.error_id === error.error_id;
  return (
    <ProblemNote problem={error} severity={error.severity}>
      {newest && canRetry(view, step) && (
        <Button disabled={pending !== null} onClick={() => send("retry_step", { step: step.step })}>
          <RotateCw aria-hidden="true" /> Retry the step
        </Button>
      )}
    </ProblemNote>
  );
}
