import { Link } from "@tanstack/react-router";
import { Plug } from "lucide-react";
import { useIsAdmin } from "@/lib/use-session";
import type { ErrorView, RunView } from "@/lib/views";
import { buttonClass } from "@/ui/button";
import { ProblemNote } from "@/ui/small";
import { words } from "@/words";
import { RetryStep } from "./retry-step";
import { canRetry, errorOf, wentOn } from "./run-facts";

const says = words.conversation;

/** What went wrong, in words, with what can be done about it. `errors`: those of one cause, oldest first. */
export function ErrorEntry({ errors, view }: { errors: readonly ErrorView[]; view: RunView }) {
  const last = errors.at(-1);
  if (last === undefined) return null;
  const hit = view.steps.filter(({ step }) => errors.some((error) => error.step === step));
  const failed = hit.filter(
    (step) =>
      step.status === "error" &&
      canRetry(view, step) &&
      errors.some((one) => errorOf(view, step.step) === one),
  );
  return (
    <ProblemNote problem={last} severity={last.severity}>
      {hit.length > 1 && (
        <p className="basis-full text-ink-2">{says.happenedTo(hit.map((step) => step.agent_name))}</p>
      )}
      {failed
        .filter((step) => wentOn(view, step))
        .map((step) => (
          <p key={step.step} className="basis-full text-ink-2">
            {says.wentOn(step.agent_name)}
          </p>
        ))}
      {failed.map((step) => (
        <RetryStep
          key={step.step}
          runId={view.run_id}
          step={step.step}
          name={hit.length > 1 ? step.agent_name : null}
        />
      ))}
      {SET_UP_WRONG.has(last.code) && <ToServices />}
    </ProblemNote>
  );
}

/** What an admin finds the reason of, or tries, where AI services are set up. */
const SET_UP_WRONG: ReadonlySet<string> = new Set([
  "model_not_configured",
  "model_rejected_key",
  "model_bad_key",
  "model_bad_address",
  "model_unknown",
  "model_unknown_provider",
  "model_missing_extra",
  "model_quota",
]);

function ToServices() {
  if (!useIsAdmin()) return null;
  return (
    <Link to="/settings" hash="providers" className={buttonClass()}>
      <Plug aria-hidden="true" /> {says.toServices}
    </Link>
  );
}
