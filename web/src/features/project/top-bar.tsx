import { Link, useNavigate } from "@tanstack/react-router";
import { ChartGantt, CircleStop, Eye, Pause, Play, Trash2 } from "lucide-react";
import { runEnded } from "@/lib/reduce";
import { useServerNow } from "@/lib/use-live";
import { useMayCommand } from "@/lib/use-session";
import type { RunView } from "@/lib/views";
import { Button, buttonClass, IconButton } from "@/ui/button";
import { cn } from "@/ui/cn";
import { Confirm } from "@/ui/confirm";
import { DemoPill } from "@/ui/demo-label";
import { Pill, runLook } from "@/ui/states";
import { toast } from "@/ui/toast";
import { words } from "@/words";
import { canCancel, canPause, runFacts } from "./run-facts";
import { useRunCommand } from "./use-run-command";
import { Watchers } from "./watchers";

const says = words.project;

export function TopBar({ view }: { view: RunView }) {
  return (
    <div className="flex min-h-14 shrink-0 flex-wrap items-center sm:flex-nowrap gap-x-3 gap-y-1.5 border-b px-3 py-2 sm:px-4">
      <h1
        className="min-w-0 truncate text-[15px] font-semibold tracking-[-0.01em] max-sm:flex-1"
        title={view.title}
      >
        {view.title}
      </h1>
      <output aria-label={says.status} className="flex max-sm:order-3">
        <Pill look={runLook(view)} />
      </output>
      <Facts view={view} />
      <span className="hidden xl:block">
        <DemoPill />
      </span>
      <span className="flex-1 max-sm:hidden" />
      {/* On a phone the state stands below title and buttons. */}
      <span className="order-2 h-0 basis-full sm:hidden" />
      <Watchers runId={view.run_id} />
      <Link
        to="/projects/$runId/timeline"
        params={{ runId: view.run_id }}
        aria-label={words.timeline.title}
        title={words.timeline.title}
        className={cn(buttonClass("quiet", true), "max-sm:order-1")}
      >
        <ChartGantt aria-hidden="true" />
      </Link>
      {useMayCommand() ? <Controls view={view} /> : <Watching />}
    </div>
  );
}

function Facts({ view }: { view: RunView }) {
  const now = useServerNow(!runEnded(view.status));
  return (
    <p className="flex shrink-0 items-center text-[13px] max-sm:order-3 whitespace-nowrap text-ink-2 tabular-nums">
      {runFacts(view, now).map((fact, at) => (
        <span key={fact} className={at > 1 ? "max-lg:hidden" : ""}>
          {at > 0 && <span className="mx-1.5 text-ink-3">·</span>}
          {fact}
        </span>
      ))}
    </p>
  );
}

/** In the place of the controls: why there are none. */
function Watching() {
  return (
    <p
      className="flex h-8 shrink-0 items-center gap-1.5 text-[13px] text-ink-2 max-sm:order-1"
      title={says.watchingHint}
    >
      <Eye className="size-4" aria-hidden="true" /> {says.watching}
    </p>
  );
}

function Controls({ view }: { view: RunView }) {
  const { send, pending } = useRunCommand(view.run_id);
  const navigate = useNavigate();
  const remove = async () => {
    const outcome = await send("delete_run");
    if (!outcome.ok) return;
    toast(says.deletedNote);
    await navigate({ to: "/projects" });
  };
  return (
    <div className="flex items-center gap-1.5 max-sm:order-1">
      {canPause(view) && (
        <Button onClick={() => send("pause_run")} disabled={pending !== null}>
          <Pause aria-hidden="true" /> <span className="max-sm:sr-only">{says.pause}</span>
        </Button>
      )}
      {view.status === "paused" && (
        <Button look="primary" onClick={() => send("resume_run")} disabled={pending !== null}>
          <Play aria-hidden="true" /> <span className="max-sm:sr-only">{says.resume}</span>
        </Button>
      )}
      {canCancel(view) && (
        <Confirm
          trigger={
            <Button disabled={pending !== null}>
              <CircleStop aria-hidden="true" /> <span className="max-sm:sr-only">{says.cancel}</span>
            </Button>
          }
          title={says.cancelTitle}
          action={says.cancelAction}
          keep={says.cancelKeep}
          onConfirm={() => send("cancel_run")}
        >
          {says.cancelText}
        </Confirm>
      )}
      <Confirm
        trigger={
          <IconButton label={says.delete} disabled={pending !== null}>
            <Trash2 aria-hidden="true" />
          </IconButton>
        }
        title={says.deleteTitle}
        action={says.delete}
        keep={says.deleteKeep}
        onConfirm={remove}
      >
        {says.deleteText(view.artifacts.length)}
      </Confirm>
    </div>
  );
}
