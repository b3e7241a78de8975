import { History } from "lucide-react";
import { timeOfDay } from "@/lib/format";
import { useLive } from "@/lib/use-live";

/** Says that what is shown may be old, and as of when it is. Nothing while it is live. */
export function AsOf() {
  const since = useLive((state) => state.staleSince);
  const connected = useLive((state) => state.link.status === "connected");
  if (connected || since === null) return null;
  return (
    <p
      role="status"
      className="flex items-center gap-2 rounded-lg border border-wait-line bg-wait-soft px-3.5 py-2 text-[13px]"
    >
      <History className="size-4 shrink-0 text-wait" aria-hidden="true" />
      <span>
        Shown as of {timeOfDay(new Date(since).toISOString())}. It goes on by itself once the connection is
        back.
      </span>
    </p>
  );
}
