/** What the parts of the settings share: their frame, their waiting, and what they say when the server does not. */

import { type QueryFunctionContext, useQuery } from "@tanstack/react-query";
import { Check, ChevronRight } from "lucide-react";
import type { ReactNode } from "react";
import { problemFrom } from "@/lib/http";
import type { Problem } from "@/lib/wire";
import { Boundary } from "@/ui/boundary";
import { Button } from "@/ui/button";
import { ProblemNote, Skeleton } from "@/ui/small";
import { words } from "@/words";

export function Part(props: { id: string; title: string; intro?: ReactNode; children: ReactNode }) {
  const { id, title, intro, children } = props;
  return (
    <section id={id} aria-labelledby={`${id}-title`} className="scroll-mt-6">
      <h2 id={`${id}-title`} className="text-[15px] font-semibold tracking-[-0.01em]">
        {title}
      </h2>
      {intro !== undefined && (
        <div className="mt-1 max-w-[76ch] text-[13px] leading-relaxed text-ink-2">{intro}</div>
      )}
      <div className="mt-3">
        <Boundary name={title}>{children}</Boundary>
      </div>
    </section>
  );
}

/** Things one below the other, with lines between them. */
export function Card({ children }: { children: ReactNode }) {
  return <div className="divide-y overflow-hidden rounded-lg border bg-raised">{children}</div>;
}

/** One thing to look at or to choose: its name and a word about it, and what there is to do at the right. */
export function Row(props: { name: ReactNode; hint?: ReactNode; children?: ReactNode }) {
  const { name, hint, children } = props;
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3">
      <div className="min-w-0 flex-1 basis-60">
        <div className="text-sm font-medium">{name}</div>
        {hint !== undefined && <div className="text-[13px] leading-relaxed text-ink-2">{hint}</div>}
      </div>
      {children}
    </div>
  );
}

/** What few look for, behind a line that says what it is. */
export function More({ summary, children }: { summary: string; children: ReactNode }) {
  return (
    <details className="group">
      <summary className="flex min-h-11 items-center gap-1.5 px-4 text-[13px] font-medium text-ink-2 -outline-offset-2 hover:text-ink">
        <ChevronRight
          className="size-4 text-ink-3 transition-transform duration-150 group-open:rotate-90"
          aria-hidden="true"
        />
        {summary}
      </summary>
      <div className="border-t">{children}</div>
    </details>
  );
}

interface AskedProps<T> {
  readonly name: string;
  readonly ask: (signal: AbortSignal) => Promise<T>;
  readonly children: (data: T) => ReactNode;
}

/** What the server says, as long as it is on the screen; without it the reason, and a way to ask again. */
export function Asked<T>({ name, ask, children }: AskedProps<T>) {
  const { data, error, isFetching, refetch } = useQuery({
    queryKey: ["settings", name],
    queryFn: ({ signal }: QueryFunctionContext) => ask(signal),
    staleTime: 0,
  });
  return (
    <div className="space-y-3">
      {error !== null && (
        <ProblemNote problem={problemFrom(error)}>
          <Button onClick={() => void refetch()} disabled={isFetching}>
            {words.settings.tryAgain}
          </Button>
        </ProblemNote>
      )}
      {data !== undefined && children(data)}
      {data === undefined && error === null && <Skeleton className="h-32 rounded-lg" />}
    </div>
  );
}

interface OutcomeProps {
  readonly good?: string | undefined;
  readonly bad?: Pick<Problem, "message" | "action"> | undefined;
}

/** How something went that was tried: in words, read out when they come. */
export function Outcome({ good, bad }: OutcomeProps) {
  return (
    <div aria-live="polite" className="mt-2 empty:mt-0">
      {good !== undefined && (
        <p className="flex items-start gap-1.5 text-[13px] text-done">
          <Check className="mt-0.5 size-4 shrink-0" aria-hidden="true" />
          <span className="tabular-nums">{good}</span>
        </p>
      )}
      {bad !== undefined && <ProblemNote problem={{ reference: null, ...bad }} />}
    </div>
  );
}

export function Mono({ children }: { children: ReactNode }) {
  return <code className="font-mono text-xs [overflow-wrap:anywhere]">{children}</code>;
}
