import { Link } from "@tanstack/react-router";
import { ArrowLeft, ChartGantt, TableProperties } from "lucide-react";
import { type ReactNode, useCallback, useMemo, useState } from "react";
import { whole } from "@/lib/format";
import { runEnded } from "@/lib/reduce";
import { useConnected, useServerNow } from "@/lib/use-live";
import type { RunView } from "@/lib/views";
import type { Problem } from "@/lib/wire";
import { AsOf } from "@/ui/as-of";
import { Boundary } from "@/ui/boundary";
import { Button, buttonClass } from "@/ui/button";
import { Pill, runLook } from "@/ui/states";
import { words } from "@/words";
import { Chart } from "./chart";
import { EventDetail } from "./event-detail";
import { EventList } from "./event-list";
import { Export } from "./export";
import { eventAt, indexOf, type Recording, viewAt } from "./recording";
import { Scrubber } from "./scrubber";
import { StateThen } from "./state-then";
import { BarsTable } from "./table";

const says = words.timeline;

interface Props {
  readonly runId: string;
  readonly recording: Recording;
  readonly reading: boolean;
  readonly problem: Problem | null;
  readonly again: () => void;
}

/** The chart, the way through its events, and what there was at one of them. */
export function Played({ runId, recording, reading, problem, again }: Props) {
  // The position that is looked at; null: the newest, whichever it is.
  const [chosen, setChosen] = useState<number | null>(null);
  const [table, setTable] = useState(false);
  const over = recording.head !== null && runEnded(recording.head.status);
  // What goes on without a connection, nobody knows.
  const connected = useConnected();
  const now = Math.max(useServerNow(!over && connected), recording.lanes.last);
  const { count } = recording;
  const index = chosen === null ? count - 1 : indexOf(recording, chosen);
  const event = eventAt(recording, index);
  const view = useMemo(() => viewAt(recording, index), [recording, index]);
  const newest = recording.position;
  const goTo = useCallback((position: number) => setChosen(position >= newest ? null : position), [newest]);
  if (event === undefined) return null;
  const goToIndex = (to: number) => {
    const { position } = eventAt(recording, Math.max(0, to)) ?? event;
    setChosen(to >= count - 1 ? null : position);
  };
  const moment = Date.parse(event.timestamp);
  return (
    <div className="flex h-full flex-col overflow-y-auto lg:overflow-hidden">
      <Head runId={runId} head={recording.head}>
        <Switch table={table} onTable={setTable} />
      </Head>
      <Notices recording={recording} reading={reading} problem={problem} again={again} />
      <section aria-label={says.theChart} className="flex min-h-0 shrink-0 flex-col lg:max-h-[54%]">
        <Boundary name={says.theChart}>
          {table ? (
            <BarsTable lanes={recording.lanes} now={now} onGo={goTo} />
          ) : (
            <Chart lanes={recording.lanes} now={now} moment={moment} onGo={goTo} />
          )}
        </Boundary>
      </section>
      <Scrubber
        event={event}
        index={index}
        count={count}
        left={recording.left}
        following={chosen === null}
        over={over}
        onGo={goToIndex}
      />
      <div className="grid shrink-0 lg:min-h-0 lg:flex-1 lg:shrink lg:grid-rows-1 lg:grid-cols-[minmax(0,1fr)_minmax(0,1.1fr)_minmax(0,1.1fr)]">
        <Pane title={says.stateThen} name={says.theState}>
          <Scrolled>
            <StateThen view={view} past={index < count - 1} />
          </Scrolled>
        </Pane>
        <Pane title={says.events} name={says.theEvents} className="h-96 lg:h-auto">
          <EventList recording={recording} position={event.position} onGo={goTo} />
        </Pane>
        <Pane title={says.event} name={says.theEvent}>
          <Scrolled>
            <EventDetail event={event} />
            <Export runId={runId} version={recording.version} />
          </Scrolled>
        </Pane>
      </div>
    </div>
  );
}

function Head({ runId, head, children }: { runId: string; head: RunView | null; children: ReactNode }) {
  return (
    <div className="flex min-h-14 shrink-0 items-center gap-x-3 border-b px-3 py-2 sm:px-4">
      <Link
        to="/projects/$runId"
        params={{ runId }}
        activeOptions={{ exact: true }}
        aria-label={says.back}
        title={says.back}
        className={buttonClass("quiet", true)}
      >
        <ArrowLeft aria-hidden="true" />
      </Link>
      <h1 className="min-w-0 truncate text-[15px] font-semibold tracking-[-0.01em]" title={head?.title}>
        {head?.title ?? says.title}
      </h1>
      {head !== null && (
        <span className="max-sm:hidden">
          <Pill look={runLook(head)} />
        </span>
      )}
      <span className="flex-1" />
      {children}
    </div>
  );
}

/** The same as a chart, or as a table. */
function Switch({ table, onTable }: { table: boolean; onTable: (table: boolean) => void }) {
  const pressed = "rounded-none border-0 aria-pressed:bg-hover aria-pressed:text-ink";
  return (
    <fieldset className="flex shrink-0 overflow-hidden rounded-md border">
      <legend className="sr-only">{says.showAs}</legend>
      <Button look="quiet" aria-pressed={!table} onClick={() => onTable(false)} className={pressed}>
        <ChartGantt aria-hidden="true" /> {says.chart}
      </Button>
      <Button look="quiet" aria-pressed={table} onClick={() => onTable(true)} className={pressed}>
        <TableProperties aria-hidden="true" /> {says.table}
      </Button>
    </fieldset>
  );
}

function Notices({ recording, reading, problem, again }: Omit<Props, "runId">) {
  const { left, count } = recording;
  return (
    <div className="flex shrink-0 flex-col gap-2 border-b px-3 py-2 text-[13px] text-ink-2 empty:hidden sm:px-4">
      <AsOf />
      {left > 0 && <p>{says.left(whole(left))}</p>}
      {reading && count >= 1_000 && (
        <p role="status" className="tabular-nums">
          {says.reading}, {says.readSoFar(whole(count + left))}
        </p>
      )}
      {problem !== null && (
        <p role="alert" className="flex flex-wrap items-center gap-3">
          {says.failed} {problem.message}
          <Button onClick={again}>{says.tryAgain}</Button>
        </p>
      )}
    </div>
  );
}

interface PaneProps {
  readonly title: string;
  /** As it is called where it cannot be shown. */
  readonly name: string;
  readonly className?: string;
  readonly children: ReactNode;
}

function Pane({ title, name, className = "", children }: PaneProps) {
  return (
    <section
      aria-label={title}
      className={`flex flex-col border-b lg:min-h-0 lg:border-r lg:border-b-0 lg:last:border-r-0 ${className}`}
    >
      <h2 className="shrink-0 border-b bg-panel px-4 py-2 text-xs font-medium text-ink-2">{title}</h2>
      <Boundary name={name}>{children}</Boundary>
    </section>
  );
}

/** Beside the others a pane scrolls by itself; below them the page does. */
function Scrolled({ children }: { children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what it holds can be scrolled with the keyboard no other way
    <div className="-outline-offset-2 lg:min-h-0 lg:overflow-y-auto" tabIndex={0}>
      {children}
    </div>
  );
}
