import { useParams, useRouter } from "@tanstack/react-router";
import { CircleStop, Download, MessageCircleQuestion, MessageSquareText, Pause, Play } from "lucide-react";
import { toNextRequest, toNoteBox } from "@/app/jump";
import { openOverlay } from "@/app/overlay";
import { canCancel, canPause, openRequests } from "@/features/project/run-facts";
import { useRunCommand } from "@/features/project/use-run-command";
import { archiveUrl } from "@/lib/api";
import { runEnded } from "@/lib/reduce";
import { useWaiting } from "@/lib/use-inbox";
import { useLive } from "@/lib/use-live";
import { useMayCommand } from "@/lib/use-session";
import type { RunView } from "@/lib/views";
import { words } from "@/words";
import type { Choice } from "./choice";

const says = words.palette;

/** The project whose page is open; undefined where none is. */
export function useOpenProject(): RunView | undefined {
  const { runId } = useParams({ strict: false });
  return useLive((state) => (runId === undefined ? undefined : state.views[runId]));
}

/** What can be done with the project whose page is open. */
export function useProjectChoices(): readonly Choice[] {
  const view = useOpenProject();
  const { send } = useRunCommand(view?.run_id ?? "");
  const mayCommand = useMayCommand();
  const request = useRequestChoice(view);
  if (view === undefined || view.status === "deleted") return request;
  const choice = (id: string, label: string, icon: Choice["icon"], run: () => void, offered: boolean) =>
    offered ? [{ id, label, group: "project" as const, icon, run }] : [];
  const note = runEnded(view.status) ? says.followUp : says.note;
  return [
    ...request,
    ...choice("note", note, MessageSquareText, toNoteBox, mayCommand),
    ...choice("pause", says.pause, Pause, () => void send("pause_run"), mayCommand && canPause(view)),
    ...choice(
      "resume",
      says.resume,
      Play,
      () => void send("resume_run"),
      mayCommand && view.status === "paused",
    ),
    ...choice("download", says.download, Download, () => download(view.run_id), view.artifacts.length > 0),
    ...choice("cancel", says.cancel, CircleStop, () => openOverlay("cancel"), mayCommand && canCancel(view)),
  ];
}

/** On the page if there is one; else in the inbox. */
function useRequestChoice(view: RunView | undefined): readonly Choice[] {
  const router = useRouter();
  const waiting = useWaiting();
  const here = view !== undefined && openRequests(view).length > 0;
  if (!here && waiting === 0) return [];
  const run = () => {
    if (!toNextRequest()) void router.navigate({ to: "/inbox" });
  };
  return [{ id: "request", label: says.request, group: "project", icon: MessageCircleQuestion, run }];
}

function download(runId: string): void {
  const link = document.createElement("a");
  link.href = archiveUrl(runId);
  link.download = "";
  link.click();
}
