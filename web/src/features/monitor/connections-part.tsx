import { Link } from "@tanstack/react-router";
import { Cable } from "lucide-react";
import { useMemo } from "react";
import type { ConnectionView } from "@/lib/figures";
import { ago, bytes, clock, secondsBetween } from "@/lib/format";
import { useLive, useServerNow, useWatch } from "@/lib/use-live";
import { useIsAdmin } from "@/lib/use-session";
import { cn } from "@/ui/cn";
import { Empty, Skeleton } from "@/ui/small";
import { VirtualList } from "@/ui/virtual-list";
import { words } from "@/words";
import { ForAdmins } from "./part";
import { programOf } from "./programs";
import { useTitles } from "./use-titles";

const says = words.monitor.connections;

const COLUMNS =
  "grid gap-x-4 gap-y-1 px-4 grid-cols-[minmax(0,1fr)_auto] md:grid-cols-[minmax(0,150px)_minmax(0,1fr)_minmax(0,1.2fr)_88px_72px_88px]";
/** More positions behind than this are worth a colour: a glance of busy work is a few dozen. */
const BEHIND = 1_000;

export function ConnectionsPart() {
  const admin = useIsAdmin();
  useWatch(admin ? "connections" : null);
  return (
    <ForAdmins topic="connections">
      <div className="mx-auto flex h-full max-w-[1280px] flex-col px-4 pt-4 sm:px-6">
        <Connections />
      </div>
    </ForAdmins>
  );
}

function Connections() {
  const connections = useLive((state) => state.connections);
  const sorted = useMemo(() => connections && [...connections].sort((a, b) => b.lag - a.lag), [connections]);
  const lag = useLive((state) => state.stats?.lag);
  if (sorted === null) return <Skeleton className="h-40 rounded-lg" />;
  if (sorted.length === 0) {
    return (
      <div className="rounded-lg border bg-raised">
        <Empty icon={Cable} title={says.none}>
          {says.noneHint}
        </Empty>
      </div>
    );
  }
  return (
    <>
      <p className="mb-3 text-[13px] text-ink-2 tabular-nums">
        {says.clients(sorted.length)}
        {lag !== undefined && says.atMost(lag.max)}
      </p>
      <div className="mb-4 flex min-h-0 flex-col overflow-hidden rounded-lg border bg-raised">
        <div
          aria-hidden="true"
          className={cn(
            COLUMNS,
            "h-9 shrink-0 items-center border-b bg-panel text-xs font-medium text-ink-2 max-md:hidden",
          )}
        >
          <span>{says.columns.user}</span>
          <span>{says.columns.program}</span>
          <span>{says.columns.follows}</span>
          <span className="text-right">{says.columns.connected}</span>
          <span className="text-right">{says.columns.sent}</span>
          <span className="text-right">{says.columns.behind}</span>
        </div>
        <VirtualList
          label={says.label}
          items={sorted}
          keyOf={(one) => `${one.client_id} ${one.since} ${one.address}`}
          estimate={45}
        >
          {(one) => <Row connection={one} />}
        </VirtualList>
      </div>
    </>
  );
}

function Row({ connection }: { connection: ConnectionView }) {
  const { user, address, user_agent, since, lag, bytes_sent, last_seen } = connection;
  const now = useServerNow();
  return (
    <div className={cn(COLUMNS, "min-h-11 items-center py-2 text-[13px]")}>
      <span className="truncate font-medium">{user ?? says.unknownUser}</span>
      <span className="min-w-0 truncate text-ink-2 max-md:order-2" title={user_agent}>
        {programOf(user_agent)} <span className="text-ink-3">{address}</span>
      </span>
      <Topics topics={connection.topics} />
      <span
        className="text-right text-ink-2 tabular-nums max-md:hidden"
        title={says.since(ago(since, now), ago(last_seen, now))}
      >
        {clock(secondsBetween(since, now))}
      </span>
      <span className="text-right text-ink-2 tabular-nums max-md:order-3">{bytes(bytes_sent)}</span>
      <span
        className={cn(
          "text-right tabular-nums max-md:order-1",
          lag > BEHIND ? "font-medium text-wait" : "text-ink-2",
        )}
      >
        <span className="md:sr-only">{lag !== 0 && says.behindBy}</span>
        {lag === 0 ? says.upToDate : says.behind(lag)}
      </span>
    </div>
  );
}

function Topics({ topics }: { topics: readonly string[] }) {
  const title = useTitles();
  const run = topics.find((topic) => topic.startsWith("run:"))?.slice(4);
  const projects = topics.filter((topic) => topic.startsWith("run:")).length;
  const others = topics.flatMap((topic) => says.topics[topic] ?? []).sort();
  return (
    <span
      className="flex min-w-0 gap-1 text-ink-2 max-md:order-4 max-md:col-span-2 max-md:text-xs"
      title={topics.join(", ")}
    >
      {run !== undefined && (
        <Link
          to="/projects/$runId"
          params={{ runId: run }}
          className="truncate text-ink underline-offset-4 hover:underline"
        >
          {title(run)}
        </Link>
      )}
      <span className="truncate">
        {projects > 1 && says.moreProjects(projects - 1)}
        {others.length > 0 && says.follows(others.join(", "), run !== undefined)}
        {topics.length === 0 && says.nothing}
      </span>
    </span>
  );
}
