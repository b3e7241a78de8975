import { cloneElement, type ReactElement, type ReactNode, useState } from "react";
import type { AsksProps } from "./confirm-dialog";
import { later } from "./later";
import { Opened } from "./opened";
import { Skeleton } from "./small";

interface Props {
  /** A button. */
  readonly trigger: ReactElement<Trigger>;
  readonly title: string;
  readonly children: ReactNode;
  readonly action: string;
  /** What the button says that leaves everything as it is. */
  readonly keep: string;
  readonly onConfirm: () => void;
}

interface Trigger {
  readonly onClick?: (event: { readonly currentTarget: HTMLElement }) => void;
  readonly onPointerEnter?: () => void;
  readonly onFocus?: () => void;
  readonly "aria-haspopup"?: "dialog";
  readonly "aria-expanded"?: boolean;
}

export const ConfirmDialog = later<AsksProps>(() =>
  import("./confirm-dialog").then((all) => all.ConfirmDialog),
);
const prepare = () => void ConfirmDialog.preload();

/** Asks before something that cannot be undone. */
export function Confirm({ trigger, ...asked }: Props) {
  const [opener, setOpener] = useState<HTMLElement | null>(null);
  const close = () => setOpener(null);
  return (
    <>
      {cloneElement(trigger, {
        onClick: ({ currentTarget }) => setOpener(currentTarget),
        onPointerEnter: prepare,
        onFocus: prepare,
        "aria-haspopup": "dialog",
        "aria-expanded": opener !== null,
      })}
      {opener !== null && (
        <Opened fallback={<DialogSkeleton />} onFailed={close}>
          <ConfirmDialog {...asked} opener={opener} onClose={close} />
        </Opened>
      )}
    </>
  );
}

function DialogSkeleton() {
  return (
    <>
      <div className="fixed inset-0 z-40 animate-fade bg-[#000]/40" />
      <div className="fixed top-1/2 left-1/2 z-50 w-[min(420px,calc(100vw-32px))] -translate-1/2 space-y-3 rounded-xl border bg-raised p-5 shadow-raised">
        <Skeleton className="h-4 w-1/2" />
        <Skeleton className="h-3.5 w-full" />
        <Skeleton className="mt-5 ml-auto h-8 w-52" />
      </div>
    </>
  );
}
