import { ArrowDown } from "lucide-react";
import { useMemo } from "react";
import { runEnded } from "@/lib/reduce";
import type { RunView } from "@/lib/views";
import { Button } from "@/ui/button";
import { cn } from "@/ui/cn";
import { words } from "@/words";
import { Brief } from "./brief-entry";
import { EarlierEntries } from "./earlier-entries";
import { Ending } from "./ending";
import { FollowUpBox } from "./follow-up-box";
import { LiveLines } from "./live-lines";
import { NoteBox } from "./note-box";
import { duringOf, heldBy, startOf } from "./past";
import { OpenRequests } from "./request-card";
import { SectionView } from "./section";
import { sectionsOf } from "./timeline";
import { useEarlier } from "./use-earlier";
import { useKeepPlace } from "./use-keep-place";
import { useStickToEnd } from "./use-stick-to-end";

/** The document that the team is writing. It stays at its end only while the reader is there. */
export function Conversation({ view }: { view: RunView }) {
  const { scroller, content, atEnd, toEnd, onScroll } = useStickToEnd(!runEnded(view.status));
  const earlier = useEarlier(view, atEnd);
  const wentBack = earlier.chunks.length > 0;
  const until = useMemo(() => (wentBack ? startOf(heldBy(view)) : null), [wentBack, view]);
  const sections = useMemo(
    () => sectionsOf(until === null ? view : duringOf(view, null, { from: until, to: null })),
    [until, view],
  );
  const firstHeld = useKeepPlace(scroller, earlier.chunks[0]?.[0]?.message_id);
  return (
    <section
      data-tour="conversation"
      aria-label={words.project.conversation}
      className="relative flex h-full min-w-0 flex-col"
    >
      <div
        ref={scroller}
        data-scrolls=""
        onScroll={onScroll}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable with the keyboard
        tabIndex={0}
        // At the end the text grows in place; elsewhere the browser holds what is being read where it is.
        className={cn("min-h-0 flex-1 overflow-y-auto -outline-offset-2", atEnd && "[overflow-anchor:none]")}
      >
        <div ref={content} className="mx-auto max-w-[776px] px-4 pt-6 pb-8 sm:px-8">
          <Brief view={view} />
          <EarlierEntries earlier={earlier} view={view} until={until} />
          <div ref={firstHeld} />
          {sections.map((section) => (
            <SectionView key={section.id} section={section} view={view} />
          ))}
          <LiveLines view={view} />
          <Ending view={view} />
        </div>
      </div>
      <div className="relative z-20 shrink-0 border-t bg-canvas">
        {!atEnd && (
          <Button
            onClick={toEnd}
            className="absolute -top-12 left-1/2 -translate-x-1/2 animate-rise rounded-full px-3.5 shadow-raised"
          >
            <ArrowDown aria-hidden="true" /> {words.conversation.toLatest}
          </Button>
        )}
        <div className="mx-auto max-w-[776px] px-4 py-3 sm:px-8">
          <OpenRequests view={view} />
          {runEnded(view.status) ? <FollowUpBox view={view} /> : <NoteBox view={view} />}
        </div>
      </div>
    </section>
  );
}
