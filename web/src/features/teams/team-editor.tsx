import { LoaderCircle } from "lucide-react";
import type { TeamDetail, TeamPlan, TeamText as Text } from "@/lib/teams";
import { useIsAdmin, useMayCommand } from "@/lib/use-session";
import { Button } from "@/ui/button";
import { ProblemNote } from "@/ui/small";
import { words } from "@/words";
import { Verdict } from "./fault-list";
import { LeaveGuard } from "./leave-guard";
import { TeamActions } from "./team-actions";
import { TeamGraph } from "./team-graph";
import { TeamText } from "./team-text";
import { TryIt } from "./try-it";
import { useDraft } from "./use-draft";
import { type Judged, useVerdict } from "./use-verdict";

const says = words.teams;

const NO_FAULTS = { faults: [], problem: null, checking: false };

interface Props {
  /** The team as the server has it; null: it is not there yet. */
  readonly detail: TeamDetail | null;
  /** What a new one begins with. */
  readonly begin?: Text;
}

/** A team with its picture, and with its text for those who may change it. */
export function TeamEditor({ detail, begin }: Props) {
  const admin = useIsAdmin();
  const mayCommand = useMayCommand();
  const state = useDraft(detail, begin ?? null);
  const { base, draft, dirty } = state;
  const editable = admin && (base === null || base.team.own);
  const saved = base?.team ?? null;
  const asked = useVerdict(draft, saved, editable && dirty);
  const judged = dirty ? asked : { plan: saved, ...NO_FAULTS };
  const { plan } = judged;
  return (
    <>
      <Heading plan={plan} draftOnly={saved === null} />
      {base !== null && <TeamActions detail={base} admin={admin} onRemoved={state.letGo} />}
      <div className="grid items-start gap-6 lg:grid-cols-[minmax(0,480px)_minmax(0,1fr)]">
        <div className="min-w-0 space-y-4">
          <Picture plan={plan} stale={judged.faults.length > 0} />
          {saved !== null && mayCommand && <TryIt team={saved} unsaved={dirty} />}
        </div>
        <div className="min-w-0">
          <ReadOnlyNote detail={base} admin={admin} />
          {editable && <Saving state={state} judged={judged} />}
          {base?.yaml !== null && (
            <TeamText
              name={plan?.name ?? "team"}
              draft={draft}
              {...(editable && { onDraft: state.setDraft, judged })}
            />
          )}
        </div>
      </div>
      <LeaveGuard when={state.isHeld} />
    </>
  );
}

function Heading({ plan, draftOnly }: { plan: TeamPlan | null; draftOnly: boolean }) {
  const facts = draftOnly
    ? [says.unsaved]
    : [plan?.name, plan?.own ? says.yours : says.ships, plan?.programs && says.programs].filter(Boolean);
  return (
    <div>
      <h1 className="text-xl font-semibold tracking-[-0.015em]">{plan?.title ?? says.newTeam}</h1>
      <p className="mt-0.5 text-xs text-ink-3">{facts.join(" · ")}</p>
      {plan !== null && plan.description !== "" && (
        <p className="mt-2 max-w-[76ch] text-sm leading-relaxed text-ink-2">{plan.description}</p>
      )}
    </div>
  );
}

function Picture({ plan, stale }: { plan: TeamPlan | null; stale: boolean }) {
  if (plan === null) {
    return (
      <p className="grid min-h-40 place-items-center rounded-lg border border-dashed px-6 text-center text-[13px] text-ink-2 max-lg:hidden">
        {says.noPicture}
      </p>
    );
  }
  return (
    <section aria-label={says.graph}>
      <h2 className="mb-2 flex min-h-8 items-center justify-between gap-3 text-[13px] font-medium text-ink-2">
        {says.graph}
        {stale && <span className="text-xs font-normal text-wait">{says.stoppedAt}</span>}
      </h2>
      <TeamGraph team={plan} stale={stale} />
      {plan.stand_ins.length > 0 && (
        <p className="mt-2 text-xs text-ink-2">{says.standIns(plan.stand_ins.join(", "))}</p>
      )}
    </section>
  );
}

function ReadOnlyNote({ detail, admin }: { detail: TeamDetail | null; admin: boolean }) {
  if (detail === null || (admin && detail.team.own)) return null;
  const why = detail.yaml === null ? says.hidden : admin ? says.readOnlyShips : says.readOnlyRole;
  return <p className="mb-2 flex min-h-8 items-center text-[13px] text-ink-2">{why}</p>;
}

function Saving({ state, judged }: { state: ReturnType<typeof useDraft>; judged: Judged }) {
  const { base, dirty, saving, problem } = state;
  const name = base?.team.name ?? judged.plan?.name ?? null;
  const ready = dirty && !saving && !judged.checking && judged.faults.length === 0 && name !== null;
  return (
    <div className="mb-2 space-y-2">
      <div className="flex min-h-8 flex-wrap items-center gap-2">
        {dirty ? <Verdict judged={judged} /> : <span className="flex-1" />}
        {dirty && base !== null && (
          <Button disabled={saving} onClick={state.discard}>
            {says.discard}
          </Button>
        )}
        <Button look="primary" disabled={!ready} onClick={() => name !== null && state.save(name)}>
          {saving && <LoaderCircle className="animate-spin" aria-hidden="true" />}
          {saving ? says.saving : says.save}
        </Button>
      </div>
      {dirty && judged.plan?.programs && <p className="text-xs text-wait">{says.programsHint}</p>}
      {problem !== null && (
        <ProblemNote problem={problem}>
          {problem.code === "team_changed" && <Button onClick={state.reload}>{says.loadTheirs}</Button>}
        </ProblemNote>
      )}
    </div>
  );
}
