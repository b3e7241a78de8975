/** How the bars of each kind look: a tone, a pattern, an icon and a word, never a colour alone. */

import {
  CirclePause,
  Clock,
  Hourglass,
  type LucideIcon,
  MessageCircleQuestion,
  MessageSquare,
  Milestone,
  Play,
  RotateCw,
  Sparkles,
  Wrench,
} from "lucide-react";
import { cn } from "@/ui/cn";
import { words } from "@/words";
import type { Bar, BarKind } from "./bars";

const { kinds } = words.timeline;

interface BarLook {
  readonly word: string;
  readonly icon: LucideIcon;
  readonly fill: string;
}

export const BAR_LOOKS: Readonly<Record<BarKind, BarLook>> = {
  running: { word: kinds.running, icon: Play, fill: "border-line-strong bg-hover text-ink-2" },
  phase: { word: kinds.phase, icon: Milestone, fill: "border-line-strong bg-panel text-ink-2" },
  queued: { word: kinds.queued, icon: Clock, fill: "border-dashed border-ink-3 bg-canvas text-ink-2" },
  held: {
    word: kinds.held,
    icon: CirclePause,
    fill: "border-ink-3 bg-[repeating-linear-gradient(90deg,var(--line-strong)_0_2px,var(--canvas)_2px_6px)] text-ink",
  },
  working: { word: kinds.working, icon: Play, fill: "border-active bg-active text-canvas" },
  thinking: {
    word: kinds.thinking,
    icon: Sparkles,
    fill: "border-active bg-active-soft text-active",
  },
  limit: {
    word: kinds.limit,
    icon: Hourglass,
    fill: "border-wait bg-[repeating-linear-gradient(135deg,var(--wait-line)_0_3px,var(--wait-soft)_3px_7px)] text-wait",
  },
  person: { word: kinds.person, icon: MessageCircleQuestion, fill: "border-wait bg-wait text-canvas" },
  retry: {
    word: kinds.retry,
    icon: RotateCw,
    fill: "border-dotted border-wait bg-wait-soft text-wait",
  },
  message: { word: kinds.message, icon: MessageSquare, fill: "border-ink-2 bg-ink-2 text-canvas" },
  tool: { word: kinds.tool, icon: Wrench, fill: "border-ink-2 bg-canvas text-ink-2" },
};

/** Broken off, or failed: a red border over the look of its kind. */
const BAD = "border-fail border-double border-r-4";

export function barClass(bar: Bar): string {
  return cn("border", BAR_LOOKS[bar.kind].fill, bar.bad && BAD);
}

/** A patch of a bar, for legends and lists. */
export function Swatch({ kind }: { kind: BarKind }) {
  return (
    <span
      className={cn(
        "inline-block w-5 shrink-0 rounded-[3px] border",
        kind === "message" || kind === "tool" ? "h-2" : "h-3.5",
        BAR_LOOKS[kind].fill,
      )}
      aria-hidden="true"
    />
  );
}
