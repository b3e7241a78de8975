import { Link, useParams } from "@tanstack/react-router";
import { Files, MessagesSquare, SearchX, Trash2, Users } from "lucide-react";
import { Tabs } from "radix-ui";
import { type ReactNode, useCallback, useEffect, useState } from "react";
import { whenIdle } from "@/lib/idle";
import { useKept } from "@/lib/use-kept";
import { useLive, useWatch } from "@/lib/use-live";
import { useMayCommand } from "@/lib/use-session";
import type { RunView } from "@/lib/views";
import type { Problem } from "@/lib/wire";
import { KeptSince } from "@/ui/as-of";
import { Boundary } from "@/ui/boundary";
import { buttonClass } from "@/ui/button";
import { Empty } from "@/ui/small";
import { useMedia } from "@/ui/use-media";
import { words } from "@/words";
import { ArtifactsPane } from "./artifacts-pane";
import { Conversation } from "./conversation";
import { preloadParts } from "./parts";
import { ProjectSkeleton } from "./project-skeleton";
import { ShowFile } from "./show-file";
import { TeamRail } from "./team-rail";
import { TopBar } from "./top-bar";

const says = words.project;

export function ProjectPage() {
  const { runId } = useParams({ from: "/projects/$runId" });
  const topic = `run:${runId}`;
  useWatch(topic);
  const live = useLive((state) => state.views[runId]);
  const refused = useLive((state) => state.refused[topic]);
  const away = useLive(({ link }) => link.status === "lost" || link.status === "error");
  const kept = useKept(runId, live === undefined && away);
  const view = live ?? (refused === undefined ? kept?.view : undefined);
  if (view?.status === "deleted") return <Gone icon={Trash2} title={says.deleted} />;
  if (view !== undefined)
    return <Project key={runId} view={view} keptAt={live === undefined ? (kept?.at ?? null) : null} />;
  if (refused !== undefined) return <Refused problem={refused} />;
  return <ProjectSkeleton />;
}

/** `keptAt`: when this was last known, where it is all that this browser has; null for what is live. */
function Project({ view, keptAt }: { view: RunView; keptAt: number | null }) {
  const wide = useMedia("(min-width: 1024px)");
  const [shown, setShown] = useState<string | null>(null);
  const [tab, setTab] = useState("conversation");
  useTitle(view.title);
  useEffect(() => whenIdle(() => void preloadParts()), []);
  const goToStep = useCallback((step: string) => {
    setTab("conversation");
    requestAnimationFrame(() => document.getElementById(`step-${step}`)?.scrollIntoView({ block: "start" }));
  }, []);
  const showFile = useCallback((path: string) => {
    setShown(path);
    setTab("artifacts");
  }, []);
  const team = (
    <Boundary name={says.theTeam}>
      <TeamRail view={view} onPick={goToStep} />
    </Boundary>
  );
  const conversation = (
    <Boundary name={says.theConversation}>
      <ShowFile value={showFile}>
        <Conversation view={view} />
      </ShowFile>
    </Boundary>
  );
  const artifacts = (
    <Boundary name={says.theFiles}>
      <ArtifactsPane view={view} shown={shown} onShow={setShown} />
    </Boundary>
  );
  return (
    <div className="flex h-full flex-col">
      <TopBar view={view} />
      {keptAt !== null && <KeptSince moment={keptAt} />}
      {wide ? (
        <div className="grid min-h-0 flex-1 grid-rows-1 grid-cols-[252px_minmax(0,1fr)_272px] xl:grid-cols-[272px_minmax(0,1fr)_400px]">
          {team}
          {conversation}
          {artifacts}
        </div>
      ) : (
        <Folded
          tab={tab}
          onTab={setTab}
          panes={{ team, conversation, artifacts }}
          files={view.artifacts.length}
        />
      )}
    </div>
  );
}

const TABS = [
  { id: "team", word: says.team, icon: Users },
  { id: "conversation", word: says.conversation, icon: MessagesSquare },
  { id: "artifacts", word: says.artifacts, icon: Files },
] as const;

interface FoldedProps {
  readonly tab: string;
  readonly onTab: (tab: string) => void;
  readonly panes: Readonly<Record<(typeof TABS)[number]["id"], ReactNode>>;
  readonly files: number;
}

/** On a narrow screen the three panes are tabs. */
function Folded({ tab, onTab, panes, files }: FoldedProps) {
  return (
    <Tabs.Root value={tab} onValueChange={onTab} className="flex min-h-0 flex-1 flex-col">
      <Tabs.List aria-label={says.parts} className="grid shrink-0 grid-cols-3 border-b bg-panel">
        {TABS.map(({ id, word, icon: Icon }) => (
          <Tabs.Trigger
            key={id}
            value={id}
            className="flex h-11 items-center justify-center gap-1.5 border-b-2 border-transparent text-[13px] font-medium text-ink-2 -outline-offset-2 transition-colors duration-150 data-[state=active]:border-ink data-[state=active]:text-ink"
          >
            <Icon className="size-4" aria-hidden="true" />
            {word}
            {id === "artifacts" && files > 0 && <span className="text-ink-3 tabular-nums">{files}</span>}
          </Tabs.Trigger>
        ))}
      </Tabs.List>
      {TABS.map(({ id }) => (
        <Tabs.Content key={id} value={id} tabIndex={-1} className="min-h-0 flex-1 outline-none">
          {panes[id]}
        </Tabs.Content>
      ))}
    </Tabs.Root>
  );
}

function Refused({ problem }: { problem: Problem }) {
  if (problem.code !== "unknown_topic" && problem.code !== "unknown_run")
    return <Gone icon={SearchX} title={problem.message} hint={problem.action} />;
  return <Gone icon={SearchX} title={says.unknown} hint={says.unknownHint} />;
}

function Gone({ icon, title, hint }: { icon: typeof Trash2; title: string; hint?: string }) {
  const mayStart = useMayCommand();
  return (
    <div className="grid h-full place-items-center">
      <Empty page icon={icon} title={title}>
        <p>{hint ?? says.deletedHint}</p>
        <p className="mt-4 flex justify-center gap-2">
          {mayStart && (
            <Link to="/" className={buttonClass("primary")}>
              {says.startNew}
            </Link>
          )}
          <Link to="/projects" className={buttonClass()}>
            {says.seeAll}
          </Link>
        </p>
      </Empty>
    </div>
  );
}

function useTitle(title: string): void {
  useEffect(() => {
    document.title = words.shared.pageTitle(title);
    return () => {
      document.title = words.faults.app;
    };
  }, [title]);
}
