import { useBlocker } from "@tanstack/react-router";
import { useEffect } from "react";
import { ConfirmDialog } from "@/ui/confirm";
import { Opened } from "@/ui/opened";
import { words } from "@/words";

const says = words.teams;

/** Asks before what was typed is lost: by another page of ours, and by closing the window. */
export function LeaveGuard({ when }: { when: () => boolean }) {
  const { status, proceed, reset } = useBlocker({
    shouldBlockFn: ({ current, next }) => current.pathname !== next.pathname && when(),
    enableBeforeUnload: when,
    withResolver: true,
  });
  useEffect(() => void ConfirmDialog.preload(), []);
  if (status !== "blocked") return null;
  const { activeElement } = document;
  return (
    <Opened onFailed={reset}>
      <ConfirmDialog
        title={says.leaveTitle}
        action={says.leave}
        keep={says.stay}
        onConfirm={proceed}
        onClose={reset}
        opener={activeElement instanceof HTMLElement ? activeElement : document.body}
      >
        {says.leaveText}
      </ConfirmDialog>
    </Opened>
  );
}
