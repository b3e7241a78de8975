import { useId, useState } from "react";
import type { Budget } from "@/lib/events";
import { amount, dollars } from "@/lib/format";
import type { RequestView } from "@/lib/views";
import { Button } from "@/ui/button";
import { words } from "@/words";
import { useAnswer } from "./use-answer";

const says = words.requests.budget;

/** A budget is used up: raise it, go on with a cheaper model, or stop. Both ways on take the new limit. */
export function BudgetDecision(props: { request: RequestView; budget: Budget; runId: string }) {
  const { request, budget, runId } = props;
  const { answer, pending } = useAnswer(request, runId);
  const [typed, setTyped] = useState(dollars(budget.suggested_usd));
  const limit = useId();
  const hint = useId();
  const usd = amount(typed);
  const enough = usd !== null && usd > budget.spent_usd;
  const goOn = (decision: "approve" | "edit") => answer(decision, typed.trim());
  return (
    <form
      className="mt-3 space-y-2.5"
      onSubmit={(event) => {
        event.preventDefault();
        if (enough && !pending) void goOn("approve");
      }}
    >
      <label htmlFor={limit} className="flex flex-wrap items-center gap-x-2 gap-y-1 text-[13px]">
        <span>{says.limit}</span>
        <input
          id={limit}
          inputMode="decimal"
          autoComplete="off"
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          aria-invalid={!enough}
          aria-describedby={hint}
          className="h-9 w-32 rounded-md border border-line-strong bg-raised px-3 text-sm tabular-nums outline-none focus:border-ink-3 aria-invalid:border-fail-line pointer-coarse:min-h-11"
        />
      </label>
      <p id={hint} className="text-[13px] text-ink-2">
        {enough ? explained(budget) : says.above(dollars(budget.spent_usd))}
      </p>
      <div className="flex flex-wrap gap-2">
        <Button look="primary" type="submit" disabled={pending || !enough}>
          {says.raise}
        </Button>
        {budget.model !== null && (
          <Button disabled={pending || !enough} onClick={() => goOn("edit")}>
            {says.goOn(budget.model)}
          </Button>
        )}
        <Button look="danger" disabled={pending} onClick={() => answer("reject", "")}>
          {says.stop}
        </Button>
      </div>
    </form>
  );
}

function explained({ scope }: Budget): string {
  if (scope === "agent") return says.ofAgent;
  return scope === "day" ? says.ofDay : says.ofProject;
}
