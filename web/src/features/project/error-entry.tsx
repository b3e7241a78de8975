import type { ErrorView, RunView } from "@/lib/views";
import { ProblemNote } from "@/ui/small";
import { RetryStep } from "./retry-step";
import { canRetry, errorOf } from "./run-facts";

/** What went wrong, in words, with what can be done about it. */
export function ErrorEntry({ error, view }: { error: ErrorView; view: RunView }) {
  const step = view.steps.find((one) => one.step === error.step);
  const newest = step !== undefined && errorOf(view, step.step)?.error_id === error.error_id;
  return (
    <ProblemNote problem={error} severity={error.severity}>
      {newest && step.status === "error" && canRetry(view, step) && (
        <RetryStep runId={view.run_id} step={step.step} />
      )}
    </ProblemNote>
  );
}
