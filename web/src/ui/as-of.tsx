import { History } from "lucide-react";
import type { ReactNode } from "react";
import { date, timeOfDay } from "@/lib/format";
import { useLive, useNow } from "@/lib/use-live";
import { words } from "@/words";
import { cn } from "./cn";

/** Says that what is shown may be old, and as of when it is. Nothing while it is live. */
export function AsOf() {
  const since = useLive((state) => state.staleSince);
  const connected = useLive((state) => state.link.status === "connected");
  if (connected || since === null) return null;
  return (
    <Note className="rounded-lg border">
      {words.offline.shownAsOf(timeOfDay(new Date(since).toISOString()))}
    </Note>
  );
}

/** What this browser kept of an earlier visit, and from when it is. */
export function KeptSince({ moment }: { moment: number }) {
  const { asOf, goesOn } = words.offline;
  const when = new Date(moment).toISOString();
  const today = date(when) === date(new Date(useNow(false)).toISOString());
  return (
    <Note className="border-b">
      <span className="font-medium">
        {asOf(today ? timeOfDay(when) : words.formats.dayAndTime(date(when), timeOfDay(when)))}
      </span>{" "}
      {goesOn}
    </Note>
  );
}

function Note({ className, children }: { className: string; children: ReactNode }) {
  return (
    <p
      role="status"
      className={cn(
        "flex items-center gap-2 border-wait-line bg-wait-soft px-3.5 py-2 text-[13px]",
        className,
      )}
    >
      <History className="size-4 shrink-0 text-wait" aria-hidden="true" />
      <span>{children}</span>
    </p>
  );
}
