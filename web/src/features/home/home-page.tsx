import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { ArrowUpRight, Clapperboard, FolderOpen } from "lucide-react";
import { useRef, useState } from "react";
import { getTeams, type Team } from "@/lib/api";
import { keep, stored } from "@/lib/stored";
import { useConnected, useLive, useServerNow } from "@/lib/use-live";
import { useMayCommand } from "@/lib/use-session";
import type { Problem } from "@/lib/wire";
import { AgentIcon } from "@/ui/agent-icon";
import { useServerStatus } from "@/ui/demo-label";
import { RunRow } from "@/ui/run-row";
import { Empty, ProblemNote, Skeleton } from "@/ui/small";
import { words } from "@/words";
import { optionsOf, TEAM_DECIDES } from "./approvals";
import { isReading, readyOf } from "./attaching";
import { DRAFT_KEY } from "./brief";
import { BriefBox } from "./brief-box";
import { type Attachments, useAttachments } from "./use-attachments";
import { useBeginning } from "./use-beginning";

const says = words.home;
const RECENT = 8;
const KEY = "OPENAI_API_KEY";

export function HomePage() {
  return (
    <div className="h-full overflow-y-auto">
      <div className="mx-auto w-full max-w-[760px] px-4 pt-[clamp(32px,9vh,104px)] pb-16 sm:px-6">
        {useMayCommand() ? <NewProject /> : <Watching />}
        <Recent />
      </div>
    </div>
  );
}

function Heading({ title, children }: { title: string; children: string }) {
  return (
    <>
      <h1 className="text-[26px] leading-tight font-semibold tracking-[-0.022em] text-balance sm:text-[30px]">
        {title}
      </h1>
      <p className="mt-2 text-[15px] text-ink-2">{children}</p>
    </>
  );
}

/** What a viewer has here in the place of the brief. */
function Watching() {
  return <Heading title={says.watch}>{says.watchHint}</Heading>;
}

function NewProject() {
  const [brief, setBrief] = useDraft();
  const teams = useQuery({
    queryKey: ["teams"],
    queryFn: ({ signal }) => getTeams(signal),
    staleTime: 300_000,
  });
  const [chosen, setChosen] = useState<string | null>(null);
  const team = teams.data?.find(({ name }) => name === chosen) ?? teams.data?.[0];
  const [approvals, setApprovals] = useState(TEAM_DECIDES);
  const attachments = useAttachments();
  const { start, starting, problem } = useStart(team?.name ?? null, approvals, attachments, () =>
    setBrief(""),
  );
  const connected = useConnected();
  const reading = isReading(attachments.state);
  return (
    <>
      <div className="mb-6">
        <Heading title={says.heading}>{says.lead}</Heading>
      </div>
      <BriefBox
        brief={brief}
        onBrief={setBrief}
        teams={teams.data ?? []}
        team={team?.name ?? null}
        onTeam={(name) => {
          setChosen(name);
          setApprovals(TEAM_DECIDES);
        }}
        approvals={approvals}
        onApprovals={setApprovals}
        connected={connected}
        starting={starting}
        onStart={() => start(brief)}
        attachments={attachments}
      />
      <div className="mt-3 space-y-3 empty:hidden">
        {problem !== null && <ProblemNote problem={problem} />}
        <DemoNote />
      </div>
      <TeamLine team={team} />
      <Examples onPick={start} disabled={!connected || starting || reading} />
    </>
  );
}

function useDraft(): [string, (brief: string) => void] {
  const [brief, setBrief] = useState(() => stored(DRAFT_KEY) ?? "");
  const change = (next: string) => {
    setBrief(next);
    keep(DRAFT_KEY, next);
  };
  return [brief, change];
}

function useStart(team: string | null, approvals: string, attachments: Attachments, onStarted: () => void) {
  const command = useBeginning();
  const navigate = useNavigate();
  const busy = useRef(false);
  const [starting, setStarting] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const start = async (brief: string) => {
    if (busy.current) return;
    busy.current = true;
    setStarting(true);
    setProblem(null);
    const files = readyOf(attachments.state);
    const chosen = { ...(team !== null && { team }), ...optionsOf(approvals) };
    const outcome = await command({
      brief: brief.trim(),
      ...chosen,
      ...(files.length > 0 && { attachments: files }),
    });
    busy.current = false;
    setStarting(false);
    if (!outcome.ok) {
      setProblem(outcome.error);
      return;
    }
    onStarted();
    attachments.clear();
    await navigate({ to: "/projects/$runId", params: { runId: String(outcome.result.run_id) } });
  };
  return { start, starting, problem };
}

function DemoNote() {
  const status = useServerStatus();
  if (!status?.demo) return null;
  return (
    <p className="flex items-start gap-2.5 rounded-lg border bg-panel px-3.5 py-3 text-[13px] leading-relaxed text-ink-2">
      <Clapperboard className="mt-0.5 size-4 shrink-0" aria-hidden="true" />
      <span>
        <strong className="font-medium text-ink">{says.demo}</strong> {says.demoText}{" "}
        <code className="rounded bg-hover px-1 py-px font-mono text-xs text-ink">{KEY}</code> {says.demoEnd}
      </span>
    </p>
  );
}

/** Who will work on it, in which order. */
function TeamLine({ team }: { team: Team | undefined }) {
  return (
    <section
      aria-label={says.team}
      className="mt-8 flex min-h-8 flex-wrap items-center gap-x-4 gap-y-3 sm:gap-x-0"
    >
      {team?.steps.map(({ step, agent_name, title }, at) => (
        <span key={step} className="flex items-center" title={title}>
          {at > 0 && <span className="mx-2.5 hidden h-px w-6 bg-line-strong sm:block" aria-hidden="true" />}
          <span className="flex items-center gap-2 text-[13px] text-ink-2">
            <span className="grid size-7 place-items-center rounded-full border bg-panel text-ink-2">
              <AgentIcon name={agent_name} className="size-3.5" />
            </span>
            {agent_name}
          </span>
        </span>
      ))}
    </section>
  );
}

function Examples({ onPick, disabled }: { onPick: (brief: string) => void; disabled: boolean }) {
  return (
    <section aria-labelledby="examples" className="mt-10">
      <h2 id="examples" className="mb-3 text-[13px] font-medium text-ink-2">
        {says.examplesTitle}
      </h2>
      <div className="grid gap-2.5 sm:grid-cols-2">
        {says.examples.map(({ title, brief }) => (
          <button
            key={title}
            type="button"
            disabled={disabled}
            onClick={() => onPick(brief)}
            className="group rounded-lg border bg-raised px-4 py-3 text-left transition-colors duration-150 hover:border-line-strong hover:bg-hover disabled:opacity-55"
          >
            <span className="flex items-center justify-between gap-2 text-sm font-medium">
              {title}
              <ArrowUpRight
                className="size-4 text-ink-3 transition-transform duration-150 group-hover:translate-x-px group-hover:-translate-y-px"
                aria-hidden="true"
              />
            </span>
            <span className="mt-0.5 line-clamp-2 text-[13px] leading-normal text-ink-2">{brief}</span>
          </button>
        ))}
      </div>
    </section>
  );
}

function Recent() {
  const runs = useLive((state) => state.runs);
  const now = useServerNow();
  const mayStart = useMayCommand();
  return (
    <section aria-labelledby="recent" className="mt-10">
      <div className="mb-3 flex items-baseline justify-between">
        <h2 id="recent" className="text-[13px] font-medium text-ink-2">
          {says.recent}
        </h2>
        {runs !== null && runs.length > RECENT && (
          <Link
            to="/projects"
            className="text-[13px] text-ink-2 underline-offset-4 hover:text-ink hover:underline"
          >
            {says.seeAll}
          </Link>
        )}
      </div>
      <div className="divide-y overflow-hidden rounded-lg border bg-raised">
        {runs === null && <RowSkeletons />}
        {runs?.length === 0 && (
          <Empty icon={FolderOpen} title={says.none}>
            {mayStart ? says.noneHint : says.noneToWatch}
          </Empty>
        )}
        {runs?.slice(0, RECENT).map((run) => (
          <RunRow key={run.run_id} run={run} now={now} />
        ))}
      </div>
    </section>
  );
}

function RowSkeletons() {
  return [0, 1, 2].map((row) => (
    <div key={row} className="flex h-13 items-center gap-4 px-4 max-sm:h-15">
      <Skeleton className="h-3.5 w-48" />
      <span className="flex-1" />
      <Skeleton className="h-3.5 w-20" />
    </div>
  ));
}
