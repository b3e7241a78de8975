import { Link } from "@tanstack/react-router";
import { Bell, BellOff, Inbox } from "lucide-react";
import { type ComponentType, useCallback } from "react";
import { useStore } from "zustand/react";
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
import { words } from "@/words";

const says = words.inbox;

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
          <h1 className="text-xl font-semibold tracking-[-0.015em]">{says.title}</h1>
          {total > 0 && <p className="text-[13px] text-ink-2">{says.awaited(total)}</p>}
          <span className="flex-1" />
          <NoticesSwitch />
        </div>
        <div className="space-y-5">
          <AsOf />
          {error !== null && (
            <ProblemNote problem={problemFrom(error)}>
              <Button onClick={() => refetch()}>{says.tryAgain}</Button>
            </ProblemNote>
          )}
          {asked === undefined && error === null && <CardSkeletons />}
          {asked?.length === 0 && <Nothing />}
          {asked?.map((one) => (
            <Asked key={one.request.request_id} asked={one} card={card} />
          ))}
        </div>
        {asked !== undefined && total > asked.length && (
          <p className="mt-5 text-center text-[13px] text-ink-2">{says.more(total - asked.length)}</p>
        )}
      </div>
    </div>
  );
}

function Asked({ asked, card: Card }: { asked: AskedView; card: Card }) {
  const { run_id, title, owner, agent_name, request } = asked;
  const me = useSignedIn()?.name ?? null;
  return (
    <article aria-label={says.asksIn(agent_name ?? says.theTeam, title)}>
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
        {me !== null && owner !== me && (
          <span className="shrink-0 text-ink-3 max-sm:hidden">{says.of(owner)}</span>
        )}
      </div>
      <Boundary name={says.thisRequest}>
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
        <BellOff className="size-4" aria-hidden="true" /> {says.noticesBlocked}
      </p>
    );
  }
  return (
    <Button onClick={toggle} title={says.noticesHint}>
      {state === "on" ? <Bell aria-hidden="true" /> : <BellOff aria-hidden="true" />}
      {state === "on" ? says.noticesOn : says.notifyMe}
    </Button>
  );
}

function Nothing() {
  return (
    <div className="rounded-lg border bg-raised">
      <Empty icon={Inbox} title={says.none}>
        {says.noneHint}
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
