/** The words, icons and tones of states: the same everywhere, and never a colour alone. */

import {
  Ban,
  Check,
  CircleDashed,
  CirclePause,
  Clock,
  Hourglass,
  LifeBuoy,
  type LucideIcon,
  MessageCircleQuestion,
  Play,
  RotateCw,
  SkipForward,
  Sparkles,
  Trash2,
  TriangleAlert,
  X,
} from "lucide-react";
import type { StepState } from "@/lib/events";
import type { RunView, ViewState } from "@/lib/views";
import { cn } from "./cn";

export type Tone = "quiet" | "active" | "done" | "wait" | "fail";

export interface Look {
  readonly word: string;
  readonly icon: LucideIcon;
  readonly tone: Tone;
}

const RUN_LOOKS: Readonly<Record<ViewState, Look>> = {
  created: { word: "Starting", icon: CircleDashed, tone: "active" },
  running: { word: "Running", icon: Play, tone: "active" },
  waiting: { word: "Waiting for you", icon: MessageCircleQuestion, tone: "wait" },
  paused: { word: "Paused", icon: CirclePause, tone: "wait" },
  completed: { word: "Completed", icon: Check, tone: "done" },
  failed: { word: "Failed", icon: X, tone: "fail" },
  cancelled: { word: "Cancelled", icon: Ban, tone: "quiet" },
  deleted: { word: "Deleted", icon: Trash2, tone: "quiet" },
};

const PARTIAL: Look = { word: "Completed with parts missing", icon: TriangleAlert, tone: "wait" };

export function runLook(run: Pick<RunView, "status" | "outcome">): Look {
  return run.status === "completed" && run.outcome === "partial" ? PARTIAL : RUN_LOOKS[run.status];
}

export const STEP_LOOKS: Readonly<Record<StepState, Look>> = {
  pending: { word: "Pending", icon: CircleDashed, tone: "quiet" },
  queued: { word: "Queued", icon: Clock, tone: "quiet" },
  started: { word: "Working", icon: Play, tone: "active" },
  thinking: { word: "Thinking", icon: Sparkles, tone: "active" },
  waiting: { word: "Waiting", icon: Hourglass, tone: "wait" },
  retrying: { word: "Trying again", icon: RotateCw, tone: "wait" },
  completed: { word: "Completed", icon: Check, tone: "done" },
  error: { word: "Failed", icon: X, tone: "fail" },
  skipped: { word: "Skipped", icon: SkipForward, tone: "quiet" },
  cancelled: { word: "Cancelled", icon: Ban, tone: "quiet" },
};

/** A completed step whose work, or a part of it, is a prepared message. */
export const FALLBACK_LOOK: Look = { word: "Fallback", icon: LifeBuoy, tone: "wait" };

export const TONE_TEXT: Readonly<Record<Tone, string>> = {
  quiet: "text-ink-3",
  active: "text-active",
  done: "text-done",
  wait: "text-wait",
  fail: "text-fail",
};

const TONE_PILL: Readonly<Record<Tone, string>> = {
  quiet: "bg-hover text-ink-2",
  active: "bg-active-soft text-active",
  done: "bg-done-soft text-done",
  wait: "bg-wait-soft text-wait",
  fail: "bg-fail-soft text-fail",
};

export function Pill({ look, className }: { look: Look; className?: string }) {
  const Icon = look.icon;
  return (
    <span
      className={cn(
        "inline-flex h-6 shrink-0 items-center gap-1.5 rounded-full px-2.5 text-xs font-medium whitespace-nowrap",
        "transition-colors duration-300 ease-out",
        TONE_PILL[look.tone],
        className,
      )}
    >
      <Icon className="size-3.5" aria-hidden="true" />
      {look.word}
    </span>
  );
}

/** Icon and word in a state's tone, without a background. */
export function StateWord({ look, className }: { look: Look; className?: string }) {
  const Icon = look.icon;
  return (
    <span
      className={cn(
        "inline-flex shrink-0 items-center gap-1 text-xs font-medium whitespace-nowrap transition-colors duration-300",
        TONE_TEXT[look.tone],
        className,
      )}
    >
      <Icon className="size-3.5" aria-hidden="true" />
      {look.word}
    </span>
  );
}
