import { Link, useParams } from "@tanstack/react-router";
import { ChartGantt, SearchX, Trash2 } from "lucide-react";
import { type ReactNode, useEffect, useState } from "react";
import { useLive, useWatch } from "@/lib/use-live";
import type { Problem } from "@/lib/wire";
import { Button, buttonClass } from "@/ui/button";
import { Empty, ProblemNote, Skeleton } from "@/ui/small";
import { words } from "@/words";
import { Played } from "./played";
import { useRecording } from "./use-recording";

const says = words.timeline;
const DELETED = "run_deleted";
const UNKNOWN: readonly string[] = ["unknown_run", "unknown_topic"];

/** A run over time, and as it was at any moment. */
export function TimelinePage() {
  const { runId } = useParams({ from: "/projects/$runId/timeline" });
  return <Known key={runId} runId={runId} />;
}

/** Nothing is read of a run before its topic has said that it is there, and one's to see. */
function Known({ runId }: { runId: string }) {
  const topic = `run:${runId}`;
  useWatch(topic);
  const status = useLive((state) => state.views[runId]?.status);
  const refused = useLive((state) => state.refused[topic]);
  const [known, setKnown] = useState(false);
  const there = status !== undefined && status !== "deleted";
  if (there && !known) setKnown(true);
  if (known) return <Timeline runId={runId} />;
  if (status === "deleted") return <Deleted />;
  if (refused !== undefined) return <Refused problem={refused} />;
  return <Shape />;
}

function Timeline({ runId }: { runId: string }) {
  const { recording, phase, problem, again } = useRecording(runId);
  useTitle(recording.head?.title ?? null);
  if (recording.head?.status === "deleted" || problem?.code === DELETED) return <Deleted />;
  if (recording.count > 0) {
    return (
      <Played
        runId={runId}
        recording={recording}
        reading={phase === "reading"}
        problem={problem}
        again={again}
      />
    );
  }
  if (problem !== null) return <Refused problem={problem} again={again} />;
  if (phase === "reading") return <Shape />;
  return (
    <div className="grid h-full place-items-center">
      <Empty page icon={ChartGantt} title={says.noEvents}>
        {says.noEventsHint}
      </Empty>
    </div>
  );
}

function Deleted() {
  return (
    <Gone icon={Trash2} title={says.deleted}>
      {says.deletedHint}
    </Gone>
  );
}

function Refused({ problem, again }: { problem: Problem; again?: () => void }) {
  if (UNKNOWN.includes(problem.code)) {
    return (
      <Gone icon={SearchX} title={says.unknown}>
        {says.unknownHint}
      </Gone>
    );
  }
  return (
    <div className="mx-auto max-w-[640px] p-6">
      <h1 className="sr-only">{says.title}</h1>
      <ProblemNote problem={problem}>{again && <Button onClick={again}>{says.tryAgain}</Button>}</ProblemNote>
    </div>
  );
}

function Gone({ icon, title, children }: { icon: typeof Trash2; title: string; children: ReactNode }) {
  return (
    <div className="grid h-full place-items-center">
      <Empty page icon={icon} title={title}>
        <p>{children}</p>
        <p className="mt-4">
          <Link to="/projects" className={buttonClass()}>
            {says.allProjects}
          </Link>
        </p>
      </Empty>
    </div>
  );
}

/** The shape of what follows. */
function Shape() {
  return (
    <div className="flex h-full flex-col gap-4 p-4">
      <h1 className="sr-only">{says.title}</h1>
      <p className="sr-only" role="status">
        {says.reading}
      </p>
      <Skeleton className="h-6 w-64" />
      {[0, 1, 2, 3, 4].map((lane) => (
        <Skeleton key={lane} className="h-12" />
      ))}
      <Skeleton className="h-8" />
    </div>
  );
}

function useTitle(title: string | null): void {
  useEffect(() => {
    document.title = words.shared.pageTitle(title === null ? says.title : says.titleOf(title));
    return () => {
      document.title = words.faults.app;
    };
  }, [title]);
}
