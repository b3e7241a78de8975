import { Signpost, X } from "lucide-react";
import { Dialog } from "radix-ui";
import { Fragment, type ReactNode, useRef } from "react";
import { useStore } from "zustand/react";
import { DESTINATIONS } from "@/app/keys";
import { closeOverlay } from "@/app/overlay";
import { singleKeys, switchSingleKeys } from "@/app/single-keys";
import { useShowRound } from "@/app/tour/use-show-round";
import { useGoTo } from "@/app/use-go-to";
import { Button, IconButton } from "@/ui/button";
import { cn } from "@/ui/cn";
import { Kbd } from "@/ui/small";
import { words } from "@/words";

const says = words.shortcuts;

/** All keys in one place, and the switch for those that stand alone. */
export function Shortcuts({ opener }: { opener: Element | null }) {
  const single = useStore(singleKeys);
  const showRound = useShowRound();
  const asked = useRef(false);
  const { isThere } = useGoTo();
  const pages = Object.entries(DESTINATIONS).filter(([, to]) => isThere(to));
  return (
    <Dialog.Root open onOpenChange={(open) => !open && closeOverlay()}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 animate-fade bg-[#000]/40" />
        <Dialog.Content
          aria-describedby={undefined}
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            if (asked.current) showRound();
            else if (opener instanceof HTMLElement) opener.focus({ preventScroll: true });
          }}
          className="fixed inset-x-2 top-2 z-50 mx-auto flex max-h-[calc(100dvh-16px)] max-w-[460px] animate-fade flex-col overflow-hidden rounded-xl border bg-raised shadow-raised sm:top-[8vh] sm:max-h-[84vh]"
        >
          <div className="flex h-13 shrink-0 items-center border-b pr-2 pl-5">
            <Dialog.Title className="flex-1 text-[15px] font-semibold">{says.title}</Dialog.Title>
            <Dialog.Close asChild>
              <IconButton label={says.close}>
                <X aria-hidden="true" />
              </IconButton>
            </Dialog.Close>
          </div>
          <div className="space-y-5 overflow-y-auto px-5 py-4">
            <Keys title={says.anywhere}>
              <Key what={says.palette} keys={[words.keys.control, "K"]} joined="+" />
              <Key what={says.this} keys={["?"]} off={!single} />
            </Keys>
            <Keys title={says.pages}>
              {pages.map(([key, to]) => (
                <Key
                  key={key}
                  what={says.go(words.palette.pages[to])}
                  keys={["G", key.toUpperCase()]}
                  joined={says.joined}
                  off={!single}
                />
              ))}
            </Keys>
            <Keys title={says.project}>
              <Key what={says.note} keys={["N"]} off={!single} />
              <Key what={says.request} keys={["R"]} off={!single} />
            </Keys>
          </div>
          <div className="flex shrink-0 border-t bg-panel px-3 py-2">
            <Button
              look="quiet"
              onClick={() => {
                asked.current = true;
                closeOverlay();
              }}
            >
              <Signpost aria-hidden="true" /> {words.tour.start}
            </Button>
          </div>
          <label className="flex shrink-0 items-start gap-3 border-t bg-panel px-5 py-3.5 text-[13px]">
            <input
              type="checkbox"
              checked={single}
              onChange={(event) => switchSingleKeys(event.target.checked)}
              className="mt-0.5 size-4 accent-current"
            />
            <span>
              <span className="font-medium">{says.single}</span>
              <span className="block text-ink-2">{says.singleHint}</span>
            </span>
          </label>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Keys({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section aria-label={title}>
      <h3 className="mb-1.5 text-xs font-medium text-ink-2">{title}</h3>
      <dl className="space-y-1.5">{children}</dl>
    </section>
  );
}

interface KeyProps {
  readonly what: string;
  readonly keys: readonly string[];
  readonly joined?: string;
  readonly off?: boolean;
}

function Key({ what, keys, joined, off = false }: KeyProps) {
  return (
    <div className={cn("flex min-h-6 items-center justify-between gap-4 text-[13px]", off && "line-through")}>
      <dt>{what}</dt>
      <dd className="flex items-center gap-1.5 text-xs text-ink-2">
        {keys.map((key, at) => (
          <Fragment key={key}>
            {at > 0 && <span>{joined}</span>}
            <Kbd>{key}</Kbd>
          </Fragment>
        ))}
      </dd>
    </div>
  );
}
