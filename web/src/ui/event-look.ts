/** How an event is shown in a line: the same wherever events are listed. */

import {
  Bot,
  CircleHelp,
  FileText,
  FolderKanban,
  Info,
  ListChecks,
  type LucideIcon,
  MessageCircleQuestion,
  MessageSquare,
  Milestone,
  Pencil,
  Server,
  StickyNote,
  TriangleAlert,
  Wrench,
} from "lucide-react";
import type { Event } from "@/lib/wire";

const ICONS: Readonly<Record<string, LucideIcon>> = {
  run_status: FolderKanban,
  agent_status: Bot,
  phase_status: Milestone,
  agent_delta: Pencil,
  agent_response: MessageSquare,
  tool_call: Wrench,
  artifact: FileText,
  request: MessageCircleQuestion,
  note: StickyNote,
  error: TriangleAlert,
  job_status: ListChecks,
  worker_status: Server,
  system: Info,
};
const SENTENCE = 300;

export function eventIcon({ type }: Event): LucideIcon {
  return Object.hasOwn(ICONS, type) ? (ICONS[type] ?? CircleHelp) : CircleHelp;
}

/** What it says, in one line; its type where it has no words. */
export function sentenceOf({ content, type }: Event): string {
  const text = content.slice(0, SENTENCE).replace(/\s+/g, " ").trim();
  return text === "" ? type : text;
}
