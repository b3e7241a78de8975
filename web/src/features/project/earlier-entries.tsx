import { History } from "lucide-react";
import { memo, useMemo } from "react";
import type { RunView } from "@/lib/views";
import { Button } from "@/ui/button";
import { NearSight } from "@/ui/near-sight";
import { ProblemNote } from "@/ui/small";
import { words } from "@/words";
import { type Chunk, duringOf, sameBesideMessages, startOf } from "./past";
import { SectionView } from "./section";
import { sectionsOf } from "./timeline";
import type { Earlier } from "./use-earlier";

const says = words.conversation;

/** `until`: when what the view holds begins. */
export function EarlierEntries({
  earlier,
  view,
  until,
}: {
  earlier: Earlier;
  view: RunView;
  until: string | null;
}) {
  const { chunks, more, reading, problem, read } = earlier;
  return (
    <>
      {more && (
        <div className="mb-9 space-y-3">
          {problem !== null && <ProblemNote problem={problem} />}
          <div className="flex justify-center">
            <Button onClick={read} disabled={reading}>
              <History aria-hidden="true" /> {reading ? says.readingEarlier : says.earlier}
            </Button>
          </div>
        </div>
      )}
      {chunks.map((messages, at) => (
        <NearSight key={messages[0]?.message_id}>
          <ChunkView
            messages={messages}
            view={view}
            from={at === 0 ? null : startOf(messages)}
            to={startOf(chunks[at + 1] ?? []) ?? until}
          />
        </NearSight>
      ))}
    </>
  );
}

interface ChunkProps {
  readonly messages: Chunk;
  readonly view: RunView;
  readonly from: string | null;
  readonly to: string | null;
}

/** Drawn again only when something changed that happened meanwhile. */
const ChunkView = memo(
  function ChunkView({ messages, view, from, to }: ChunkProps) {
    const then = useMemo(() => duringOf(view, messages, { from, to }), [view, messages, from, to]);
    return sectionsOf(then).map((section) => <SectionView key={section.id} section={section} view={then} />);
  },
  (a, b) =>
    a.messages === b.messages && a.from === b.from && a.to === b.to && sameBesideMessages(a.view, b.view),
);
