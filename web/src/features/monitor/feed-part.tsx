import { Pause, Play, Radio } from "lucide-react";
import { useMemo, useState } from "react";
import { useConnected, useLive, useWatch } from "@/lib/use-live";
import { useIsAdmin } from "@/lib/use-session";
import type { Event } from "@/lib/wire";
import { Button } from "@/ui/button";
import { Select } from "@/ui/select";
import { Dots, Empty, Skeleton } from "@/ui/small";
import { VirtualList } from "@/ui/virtual-list";
import { words } from "@/words";
import { EventRow } from "./event-row";
import { asked, EVERYTHING, type FeedFilter, isShown } from "./feed";
import { ForAdmins } from "./part";
import { useTitles } from "./use-titles";

const says = words.monitor.feed;

/** Every event of the server as it is committed, the newest first. */
export function FeedPart() {
  const [filter, setFilter] = useState(EVERYTHING);
  const admin = useIsAdmin();
  const wanted = useMemo(() => asked(filter), [filter]);
  useWatch(admin ? "log" : null, wanted);
  return (
    <ForAdmins topic="log">
      <div className="mx-auto flex h-full max-w-[1280px] flex-col px-4 pt-4 sm:px-6">
        <Feed filter={filter} onFilter={setFilter} />
      </div>
    </ForAdmins>
  );
}

interface FeedProps {
  readonly filter: FeedFilter;
  readonly onFilter: (filter: FeedFilter) => void;
}

function Feed({ filter, onFilter }: FeedProps) {
  const log = useLive((state) => state.log);
  const events = useMemo(
    () => log?.filter((event) => isShown(event, filter)).reverse() ?? null,
    [log, filter],
  );
  const [held, setHeld] = useState<Held | null>(null);
  const shown = held?.filter === filter ? held.events : events;
  const hold = (why: Held["why"]) => {
    if (held?.why !== "asked" || why === "asked") setHeld({ why, filter, events: shown ?? [] });
  };
  const release = (why: Held["why"]) => {
    if (held?.why === why) setHeld(null);
  };
  const missed = shown === null || events === null ? 0 : newer(events, shown);
  return (
    <>
      <div className="mb-3 flex shrink-0 flex-wrap items-center gap-2">
        <Filters filter={filter} onFilter={onFilter} />
        <span className="flex-1" />
        <State held={held !== null} missed={missed} />
        {held?.why === "asked" ? (
          <Button onClick={() => release("asked")}>
            <Play aria-hidden="true" /> {says.goOn}
          </Button>
        ) : (
          <Button onClick={() => hold("asked")}>
            <Pause aria-hidden="true" /> {says.pause}
          </Button>
        )}
      </div>
      {/* A pointer over the list holds it still, as reading it does; the button does the same without a pointer. */}
      <div
        role="presentation"
        className="mb-4 flex min-h-0 flex-col overflow-hidden rounded-lg border bg-raised"
        onPointerEnter={({ pointerType }) => pointerType === "mouse" && hold("pointed")}
        onPointerLeave={() => release("pointed")}
      >
        <List events={shown} filtered={filter !== EVERYTHING} />
      </div>
    </>
  );
}

/** What stands still, and since which wish. */
interface Held {
  readonly why: "pointed" | "asked";
  readonly filter: FeedFilter;
  readonly events: readonly Event[];
}

/** How many came after the newest that is shown. */
function newer(events: readonly Event[], shown: readonly Event[]): number {
  const last = shown[0]?.position ?? 0;
  const at = events.findIndex(({ position }) => position <= last);
  return at === -1 ? events.length : at;
}

function State({ held, missed }: { held: boolean; missed: number }) {
  const connected = useConnected();
  if (held) {
    return (
      <span className="text-[13px] text-wait tabular-nums">
        {says.paused}
        {missed > 0 && says.missed(missed)}
      </span>
    );
  }
  if (!connected) return <span className="text-[13px] text-ink-3">{says.notConnected}</span>;
  return (
    <span className="flex items-center gap-2 text-[13px] text-active">
      {says.live} <Dots />
    </span>
  );
}

function Filters({ filter, onFilter }: FeedProps) {
  const runs = useLive((state) => state.runs);
  const agents = useMemo(
    () => [...new Set(runs?.flatMap(({ steps }) => steps.map(({ agent_name }) => agent_name)))].sort(),
    [runs],
  );
  return (
    <>
      <Select label={says.type} value={filter.type} onChange={(type) => onFilter({ ...filter, type })}>
        <option value="">{says.allTypes}</option>
        {Object.entries(says.types).map(([type, word]) => (
          <option key={type} value={type}>
            {word}
          </option>
        ))}
      </Select>
      <Select label={says.agent} value={filter.agent} onChange={(agent) => onFilter({ ...filter, agent })}>
        <option value="">{says.allAgents}</option>
        {agents.map((agent) => (
          <option key={agent}>{agent}</option>
        ))}
      </Select>
      <Select
        label={says.level}
        value={filter.level}
        onChange={(level) => onFilter({ ...filter, level: level as FeedFilter["level"] })}
      >
        <option value="">{says.allLevels}</option>
        <option value="warning">{says.warnings}</option>
        <option value="error">{says.errors}</option>
      </Select>
    </>
  );
}

function List({ events, filtered }: { events: readonly Event[] | null; filtered: boolean }) {
  const title = useTitles();
  if (events === null) return <Skeleton className="m-4 h-4 w-72" />;
  if (events.length === 0) {
    return (
      <Empty icon={Radio} title={filtered ? says.nothing : says.listening}>
        {says.hint}
      </Empty>
    );
  }
  return (
    <VirtualList
      label={says.label}
      items={events}
      keyOf={(event) => event.id}
      estimate={41}
      footer={<p className="py-3 text-center text-xs text-ink-3">{says.bound}</p>}
    >
      {(event) => <EventRow event={event} title={event.run_id === null ? null : title(event.run_id)} />}
    </VirtualList>
  );
}
