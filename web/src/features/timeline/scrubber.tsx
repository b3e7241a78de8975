import { ChevronFirst, ChevronLast, ChevronLeft, ChevronRight, Radio } from "lucide-react";
import { whole } from "@/lib/format";
import type { Event } from "@/lib/wire";
import { Button, IconButton } from "@/ui/button";
import { sentenceOf } from "@/ui/event-look";
import { words } from "@/words";
import { preciseTime } from "./axis";

const says = words.timeline;

interface Props {
  readonly event: Event;
  /** The event's place among those that are held, from 0. */
  readonly index: number;
  readonly count: number;
  /** How many came before those that are held. */
  readonly left: number;
  /** Whether the newest event is shown, whichever it is. */
  readonly following: boolean;
  /** Whether no more events are to be expected. */
  readonly over: boolean;
  readonly onGo: (index: number) => void;
}

/** Through the events of the run, one by one or at a sweep. */
export function Scrubber({ event, index, count, left, following, over, onGo }: Props) {
  const time = preciseTime(Date.parse(event.timestamp));
  const sentence = sentenceOf(event);
  const first = index <= 0;
  const last = index >= count - 1;
  return (
    <div className="flex shrink-0 flex-wrap items-center gap-x-1 gap-y-1 border-b px-3 py-1.5 sm:flex-nowrap sm:px-4">
      <IconButton label={says.firstEvent} onClick={() => onGo(0)} disabled={first}>
        <ChevronFirst aria-hidden="true" />
      </IconButton>
      <IconButton label={says.previousEvent} onClick={() => onGo(index - 1)} disabled={first}>
        <ChevronLeft aria-hidden="true" />
      </IconButton>
      <input
        type="range"
        min={0}
        max={Math.max(0, count - 1)}
        step={1}
        value={index}
        onChange={({ target }) => onGo(Number(target.value))}
        aria-label={says.moment}
        aria-valuetext={says.momentWord(index + 1 + left, count + left, time, sentence)}
        className="h-8 min-w-0 flex-1 accent-(--ink) max-sm:order-first max-sm:basis-full pointer-coarse:min-h-11"
      />
      <IconButton label={says.nextEvent} onClick={() => onGo(index + 1)} disabled={last}>
        <ChevronRight aria-hidden="true" />
      </IconButton>
      <IconButton label={says.lastEvent} onClick={() => onGo(count - 1)} disabled={last}>
        <ChevronLast aria-hidden="true" />
      </IconButton>
      <span className="min-w-36 flex-1 text-right text-xs whitespace-nowrap text-ink-2 tabular-nums sm:flex-none sm:pl-2">
        {time} · {says.momentShort(whole(index + 1 + left), whole(count + left))}
      </span>
      {!over && (
        <Button
          aria-pressed={following}
          onClick={() => onGo(following ? index - 1 : count - 1)}
          className="ml-2 aria-pressed:border-active aria-pressed:text-active"
        >
          <Radio aria-hidden="true" />
          {following ? says.following : says.newest}
        </Button>
      )}
    </div>
  );
}
