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
import { words } from "@/words";
import { cn } from "./cn";

const says = words.states;

export type Tone = "quiet" | "active" | "done" | "wait" | "fail";

export interface Look {
  readonly word: string;
  readonly icon: LucideIcon;
  readonly tone: Tone;
}

const RUN_LOOKS: Readonly<Record<ViewState, Look>> = {
  created: { word: says.project.created, icon: CircleDashed, tone: "active" },
  running: { word: says.project.running, icon: Play, tone: "active" },
  waiting: { word: says.project.waiting, icon: MessageCircleQuestion, tone: "wait" },
  paused: { word: says.project.paused, icon: CirclePause, tone: "wait" },
  completed: { word: says.project.completed, icon: Check, tone: "done" },
  failed: { word: says.project.failed, icon: X, tone: "fail" },
  cancelled: { word: says.project.cancelled, icon: Ban, tone: "quiet" },
  deleted: { word: says.project.deleted, icon: Trash2, tone: "quiet" },
};

const PARTIAL: Look = { word: says.partial, icon: TriangleAlert, tone: "wait" };

export function runLook(run: Pick<RunView, "status" | "outcome">): Look {
  return run.status === "completed" && run.outcome === "partial" ? PARTIAL : RUN_LOOKS[run.status];
}

export const STEP_LOOKS: Readonly<Record<StepState, Look>> = {
  pending: { word: says.step.pending, icon: CircleDashed, tone: "quiet" },
  queued: { word: says.step.queued, icon: Clock, tone: "quiet" },
  started: { word: says.step.started, icon: Play, tone: "active" },
  thinking: { word: says.step.thinking, icon: Sparkles, tone: "active" },
  waiting: { word: says.step.waiting, icon: Hourglass, tone: "wait" },
  retrying: { word: says.step.retrying, icon: RotateCw, tone: "wait" },
  completed: { word: says.step.completed, icon: Check, tone: "done" },
  error: { word: says.step.error, icon: X, tone: "fail" },
  skipped: { word: says.step.skipped, icon: SkipForward, tone: "quiet" },
  cancelled: { word: says.step.cancelled, icon: Ban, tone: "quiet" },
};

/** A completed step whose work, or a part of it, is a prepared message. */
export const FALLBACK_LOOK: Look = { word: says.fallback, icon: LifeBuoy, tone: "wait" };

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
