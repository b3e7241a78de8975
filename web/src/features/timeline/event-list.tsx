import { ListFilter } from "lucide-react";
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from "react";
import type { Event } from "@/lib/wire";
import { cn } from "@/ui/cn";
import { eventIcon, sentenceOf } from "@/ui/event-look";
import { Select } from "@/ui/select";
import { Empty } from "@/ui/small";
import { VirtualList } from "@/ui/virtual-list";
import { words } from "@/words";
import { preciseTime } from "./axis";
import { EVERY_EVENT, type EventFilter, filtered, placeAt, typesOf } from "./event-filter";
import { allEvents, type Recording } from "./recording";

const says = words.timeline;

interface Props {
  readonly recording: Recording;
  /** Of the event that is looked at. */
  readonly position: number;
  readonly onGo: (position: number) => void;
}

/** The events around the one that is looked at; arrow keys go through those that are listed. */
export function EventList({ recording, position, onGo }: Props) {
  const [filter, setFilter] = useState(EVERY_EVENT);
  const all = useMemo(() => allEvents(recording), [recording]);
  const events = useMemo(() => filtered(all, filter), [all, filter]);
  const current = placeAt(events, position);
  const list = useRef<HTMLDivElement>(null);
  // Whoever goes through the list with the keyboard stays in it.
  useEffect(() => {
    const row = list.current?.querySelector<HTMLElement>(`[data-position="${position}"]`);
    if (list.current?.contains(document.activeElement)) row?.focus();
  }, [position]);
  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    const next = events[current + step];
    if (step === 0 || next === undefined) return;
    event.preventDefault();
    onGo(next.position);
  };
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <Filters recording={recording} types={typesOf(all)} filter={filter} onFilter={setFilter} />
      <div ref={list} className="flex min-h-0 flex-1 flex-col">
        {events.length === 0 ? (
          <Empty icon={ListFilter} title={says.noneOfKind}>
            {says.noneOfKindHint}
          </Empty>
        ) : (
          <VirtualList
            label={says.events}
            items={events}
            keyOf={keyOf}
            estimate={33}
            current={current}
            className="flex-1"
          >
            {(event, at) => (
              <Row
                event={event}
                shown={at === current}
                reached={at === Math.max(0, current)}
                onGo={onGo}
                onKeyDown={onKeyDown}
              />
            )}
          </VirtualList>
        )}
      </div>
    </div>
  );
}

function keyOf({ id }: Event): string {
  return id;
}

interface RowProps {
  readonly event: Event;
  readonly shown: boolean;
  readonly reached: boolean;
  readonly onGo: (position: number) => void;
  readonly onKeyDown: (event: KeyboardEvent) => void;
}

function Row({ event, shown, reached, onGo, onKeyDown }: RowProps) {
  const Icon = eventIcon(event);
  return (
    <button
      type="button"
      aria-current={shown}
      data-position={event.position}
      tabIndex={reached ? 0 : -1}
      onClick={() => onGo(event.position)}
      onKeyDown={onKeyDown}
      className={cn(
        "grid h-8 w-full grid-cols-[auto_16px_minmax(0,1fr)] items-center gap-x-2.5 px-3 text-left text-[13px] -outline-offset-2 hover:bg-hover pointer-coarse:h-11",
        shown && "bg-active-soft font-medium",
      )}
    >
      <time dateTime={event.timestamp} className="text-xs font-normal text-ink-2 tabular-nums">
        {preciseTime(Date.parse(event.timestamp))}
      </time>
      <Icon className="size-4 text-ink-3" aria-hidden="true" />
      <span className="truncate">{sentenceOf(event)}</span>
    </button>
  );
}

interface FiltersProps {
  readonly recording: Recording;
  readonly types: readonly string[];
  readonly filter: EventFilter;
  readonly onFilter: (filter: EventFilter) => void;
}

function Filters({ recording, types, filter, onFilter }: FiltersProps) {
  return (
    <div className="flex shrink-0 flex-wrap gap-2 border-b p-2">
      <Select label={says.type} value={filter.type} onChange={(type) => onFilter({ ...filter, type })}>
        <option value="">{says.allTypes}</option>
        {types.map((type) => (
          <option key={type} value={type}>
            {typeWord(type)}
          </option>
        ))}
      </Select>
      <Select label={says.step} value={filter.step} onChange={(step) => onFilter({ ...filter, step })}>
        <option value="">{says.allSteps}</option>
        {recording.head?.steps.map(({ step, agent_name }) => (
          <option key={step} value={step}>
            {agent_name}
          </option>
        ))}
      </Select>
    </div>
  );
}

/** A type of a newer server stays as it is. */
export function typeWord(type: string): string {
  return Object.hasOwn(says.types, type) ? (says.types[type] ?? type) : type;
}
