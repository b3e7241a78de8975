import { Link } from "@tanstack/react-router";
import { Bell, BellOff, Inbox } from "lucide-react";
import { type ComponentType, useCallback } from "react";
import { useStore } from "zustand/react";
import { plural } from "@/lib/format";
import { problemFrom } from "@/lib/http";
import { dropNotices, notices, wantNotices } from "@/lib/notices";
import { useInbox } from "@/lib/use-inbox";
import { useSignedIn } from "@/lib/use-session";
import type { AskedView, RequestView } from "@/lib/views";
import { AgentIcon } from "@/ui/agent-icon";
import { AsOf } from "@/ui/as-of";
import { Boundary } from "@/ui/boundary";
import { Button } from "@/ui/button";
import { Empty, ProblemNote, Skeleton } from "@/ui/small";

/** A request with all that it takes to answer it, as its project shows it. */
export type Card = ComponentType<{ request: RequestView; runId: string }>;

/** Everything that waits for a person, over all projects, the longest wait first. */
export function InboxPage({ card }: { card: Card }) {
  const { data, error, refetch } = useInbox();
  const { requests: asked, total = 0 } = data ?? {};
  return (
    <div className="h-full overflow-y-auto">
      <div className="mx-auto w-full max-w-[760px] px-4 pt-8 pb-16 sm:px-6">
        <div className="mb-5 flex min-h-8 flex-wrap items-center gap-x-3 gap-y-2">
          <h1 className="text-xl font-semibold tracking-[-0.015em]">Inbox</h1>
          {total > 0 && (
            <p className="text-[13px] text-ink-2">
              {total === 1 ? "One answer is awaited" : `${total} answers are awaited, the longest wait first`}
            </p>
          )}
          <span className="flex-1" />
          <NoticesSwitch />
        </div>
        <div className="space-y-5">
          <AsOf />
          {error !== null && (
            <ProblemNote problem={problemFrom(error)}>
              <Button onClick={() => refetch()}>Try again</Button>
            </ProblemNote>
          )}
          {asked === undefined && error === null && <CardSkeletons />}
          {asked?.length === 0 && <Nothing />}
          {asked?.map((one) => (
            <Asked key={one.request.request_id} asked={one} card={card} />
          ))}
        </div>
        {asked !== undefined && total > asked.length && (
          <p className="mt-5 text-center text-[13px] text-ink-2">
            {plural(total - asked.length, "more waits", "more wait")}. They come up as these are answered.
          </p>
        )}
      </div>
    </div>
  );
}

function Asked({ asked, card: Card }: { asked: AskedView; card: Card }) {
  const { run_id, title, owner, agent_name, request } = asked;
  const me = useSignedIn()?.name ?? null;
  return (
    <article aria-label={`${agent_name ?? "The team"} asks in ${title}`}>
      <div className="mb-1.5 flex min-h-6 items-center gap-2 text-[13px]">
        <AgentIcon name={agent_name ?? title} className="size-4 shrink-0 text-ink-2" />
        {agent_name !== null && <span className="shrink-0 text-ink-2">{agent_name}</span>}
        <Link
          to="/projects/$runId"
          params={{ runId: run_id }}
          className="min-w-0 truncate font-medium underline-offset-4 hover:underline"
          title={title}
        >
          {title}
        </Link>
        {me !== null && owner !== me && <span className="shrink-0 text-ink-3 max-sm:hidden">of {owner}</span>}
      </div>
      <Boundary name="This request">
        <Card request={request} runId={run_id} />
      </Boundary>
    </article>
  );
}

/** Notices outside the page, for who wants them. */
function NoticesSwitch() {
  const state = useStore(notices);
  const toggle = useCallback(() => (state === "on" ? dropNotices() : void wantNotices()), [state]);
  if (state === "missing") return null;
  if (state === "blocked") {
    return (
      <p className="flex items-center gap-1.5 text-[13px] text-ink-3">
        <BellOff className="size-4" aria-hidden="true" /> Notices are blocked in the browser’s settings
      </p>
    );
  }
  return (
    <Button
      onClick={toggle}
      title="A notice of this browser when something is asked while you look elsewhere"
    >
      {state === "on" ? <Bell aria-hidden="true" /> : <BellOff aria-hidden="true" />}
      {state === "on" ? "Notices are on" : "Notify me"}
    </Button>
  );
}

function Nothing() {
  return (
    <div className="rounded-lg border bg-raised">
      <Empty icon={Inbox} title="Nothing waits for you">
        When an agent asks something, or a budget is used up, it appears here, from every project.
      </Empty>
    </div>
  );
}

function CardSkeletons() {
  return (
    <>
      <Skeleton className="h-32 rounded-lg" />
      <Skeleton className="h-32 rounded-lg" />
    </>
  );
}
