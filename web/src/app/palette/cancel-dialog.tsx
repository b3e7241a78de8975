import { closeOverlay } from "@/app/overlay";
import { useRunCommand } from "@/features/project/use-run-command";
import { ConfirmDialog } from "@/ui/confirm-dialog";
import { words } from "@/words";
import { useOpenProject } from "./use-project-choices";

const says = words.palette;

/** The same question that the project's own button asks. */
export function CancelDialog({ opener }: { opener: Element | null }) {
  const view = useOpenProject();
  const { send } = useRunCommand(view?.run_id ?? "");
  if (view === undefined) return null;
  return (
    <ConfirmDialog
      title={says.cancelTitle}
      action={says.cancel}
      keep={says.cancelKeep}
      onConfirm={() => void send("cancel_run")}
      onClose={closeOverlay}
      opener={opener instanceof HTMLElement ? opener : document.body}
    >
      {says.cancelText}
    </ConfirmDialog>
  );
}
