import { CircleCheck, CircleX, MessageCircleQuestion } from "lucide-react";
import { Suspense, useState } from "react";
import { ago, timeOfDay } from "@/lib/format";
import { useServerNow } from "@/lib/use-live";
import { useMayCommand } from "@/lib/use-session";
import type { RequestView, RunView } from "@/lib/views";
import { Boundary } from "@/ui/boundary";
import { Button } from "@/ui/button";
import { Markdown } from "@/ui/markdown";
import { Skeleton } from "@/ui/small";
import { words } from "@/words";
import { Shown } from "./approval-shown";
import { ApprovalDecision, BudgetDecision } from "./parts";
import { requestPlace } from "./places";
import { openRequests } from "./run-facts";
import { useAnswer } from "./use-answer";

const says = words.requests;

/** Several may stand on one page, so a screen reader needs to tell them apart. */
function nameOf({ kind, prompt }: RequestView): string {
  const letters = Array.from(prompt);
  return says.name(says.kinds[kind], letters.length > 80 ? `${letters.slice(0, 79).join("")}…` : prompt);
}

/** Something asked of a person, where it arose. */
export function RequestCard({ request, view }: { request: RequestView; view: RunView }) {
  const open = request.status === "open";
  const mayAnswer = useMayCommand();
  const { gate } = request;
  return (
    <section
      id={requestPlace(request.request_id)}
      aria-label={nameOf(request)}
      {...(open && { "data-open-request": "", tabIndex: -1 })}
      className={
        open
          ? "animate-rise rounded-lg border border-wait-line bg-wait-soft p-4"
          : "rounded-lg border bg-panel p-4"
      }
    >
      <Markdown text={request.prompt} />
      {open && <Age request={request} />}
      {open && gate !== null && <Shown gate={gate} />}
      {!open && <Answered request={request} />}
      {open && !mayAnswer && <p className="mt-3 text-[13px] text-ink-2">{says.notYours}</p>}
      {open && mayAnswer && (
        <Boundary name={says.theWay}>
          <Suspense fallback={<DecidingSkeleton />}>
            <Deciding request={request} view={view} />
          </Suspense>
        </Boundary>
      )}
    </section>
  );
}

/** The way to answer that fits what is asked. */
function Deciding({ request, view }: { request: RequestView; view: RunView }) {
  const { budget, gate, kind } = request;
  if (budget !== null) return <BudgetDecision request={request} budget={budget} runId={view.run_id} />;
  if (kind === "approval" && gate !== null)
    return <ApprovalDecision request={request} gate={gate} view={view} />;
  return <Answering request={request} runId={view.run_id} />;
}

/** A line to write on, and buttons below it. */
function DecidingSkeleton() {
  return (
    <div className="mt-3 space-y-2.5">
      <Skeleton className="h-10 w-full" />
      <div className="flex gap-2">
        {[0, 1, 2].map((button) => (
          <Skeleton key={button} className="h-8 w-24 pointer-coarse:h-11" />
        ))}
      </div>
    </div>
  );
}

/** How long somebody has been waited for already. */
function Age({ request }: { request: RequestView }) {
  const now = useServerNow();
  return (
    <p className="mt-1 text-[13px] text-ink-2 tabular-nums">{says.asked(ago(request.opened_at, now))}</p>
  );
}

function Answering({ request, runId }: { request: RequestView; runId: string }) {
  const { answer, pending } = useAnswer(request, runId);
  const [typed, setTyped] = useState("");
  const question = request.kind === "question";
  return (
    <div className="mt-3 space-y-2.5">
      <textarea
        aria-label={question ? says.answer : says.word}
        rows={1}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        placeholder={question ? says.answer : says.wordHint}
        className="block field-sizing-content max-h-60 min-h-10 w-full resize-none rounded-md border border-line-strong bg-raised px-3 py-2 text-sm outline-none focus:border-ink-3"
      />
      <div className="flex flex-wrap gap-2">
        {question ? (
          <>
            {request.options.map((option) => (
              <Button key={option} disabled={pending} onClick={() => answer("respond", option)}>
                {option}
              </Button>
            ))}
            <Button
              look="primary"
              disabled={pending || typed.trim() === ""}
              onClick={() => answer("respond", typed.trim())}
            >
              {says.send}
            </Button>
          </>
        ) : (
          <>
            <Button look="primary" disabled={pending} onClick={() => answer("approve", typed.trim())}>
              {says.approve}
            </Button>
            <Button disabled={pending} onClick={() => answer("reject", typed.trim())}>
              {says.sendBack}
            </Button>
          </>
        )}
      </div>
    </div>
  );
}

function Answered({ request }: { request: RequestView }) {
  const refused = request.decision === "reject" || request.status === "withdrawn";
  const Icon = refused ? CircleX : CircleCheck;
  const decisions = request.budget === null ? says.decisions : says.budgetDecisions;
  const word = request.decision === null ? says.withdrawn : decisions[request.decision];
  const budget = request.budget?.raised_to_usd == null ? null : request.budget;
  const edited = request.gate?.edited?.path ?? null;
  const answer = request.answer ?? edited;
  return (
    <div className="mt-3 flex items-start gap-2 text-[13px] text-ink-2">
      <Icon className="mt-0.5 size-4 shrink-0" aria-hidden="true" />
      <p className="min-w-0 wrap-anywhere">
        <span className="font-medium text-ink">{word}</span>
        {budget !== null && says.toAmount(request.answer ?? "")}
        {budget === null && answer !== null && says.answeredWith(answer)}
        {budget !== null && request.decision === "edit" && says.withModel(budget.model ?? "")}
        {request.answered_at !== null && (
          <span className="text-ink-3">{says.at(timeOfDay(request.answered_at))}</span>
        )}
      </p>
    </div>
  );
}

function waitWords(count: number, mayAnswer: boolean): string {
  return mayAnswer ? says.waits(count) : says.waitsForOthers(count);
}

/** Open requests are pinned above the input, so that no wait is overlooked. */
export function OpenRequests({ view }: { view: RunView }) {
  const open = openRequests(view);
  const now = useServerNow(open.length > 0);
  const first = open[0];
  const mayAnswer = useMayCommand();
  if (first === undefined) return null;
  const show = () =>
    document
      .getElementById(requestPlace(first.request_id))
      ?.scrollIntoView({ block: "center", behavior: "smooth" });
  return (
    <div className="mb-2.5 flex items-center gap-2.5 rounded-lg border border-wait-line bg-wait-soft py-1.5 pr-1.5 pl-3.5 text-[13px]">
      <MessageCircleQuestion className="size-4 shrink-0 text-wait" aria-hidden="true" />
      <p className="min-w-0 flex-1 truncate">
        <span className="font-medium">{waitWords(open.length, mayAnswer)}</span>
        <span className="text-ink-2">{says.askedAt(ago(first.opened_at, now))}</span>
      </p>
      <Button onClick={show}>{says.show}</Button>
    </div>
  );
}
