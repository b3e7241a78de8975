import { CircleCheck, LoaderCircle, type LucideIcon, TriangleAlert, WifiOff } from "lucide-react";
import type { Link } from "@/lib/connection";
import { useLive, useNow, useRetryNow } from "@/lib/use-live";
import { words } from "@/words";
import { Button } from "./button";
import { cn } from "./cn";

const says = words.connection;

const LOOKS: Readonly<Record<Link["status"], { icon: LucideIcon; tone: string }>> = {
  connected: { icon: CircleCheck, tone: "text-done" },
  connecting: { icon: LoaderCircle, tone: "text-wait" },
  lost: { icon: WifiOff, tone: "text-fail" },
  error: { icon: TriangleAlert, tone: "text-fail" },
};

export function ConnectionIndicator() {
  const link = useLive((state) => state.link);
  const { icon: Icon, tone } = LOOKS[link.status];
  return (
    <div className="flex items-center gap-3 text-[13px] max-sm:contents">
      <output
        className={cn(
          "flex items-center gap-1.5 text-[13px] font-medium transition-colors duration-300",
          tone,
        )}
        title={link.status === "error" ? (link.reason ?? undefined) : undefined}
      >
        <Icon
          className={cn("size-4 shrink-0", link.status === "connecting" && "animate-spin")}
          aria-hidden="true"
        />
        {says[link.status]}
      </output>
      {"retryAt" in link && link.retryAt !== null && <RetryNow retryAt={link.retryAt} />}
    </div>
  );
}

function RetryNow({ retryAt }: { retryAt: number }) {
  const seconds = Math.max(0, Math.ceil((retryAt - useNow()) / 1000));
  const retryNow = useRetryNow();
  return (
    // On a phone it stands on a line of its own.
    <span className="flex items-center gap-2 text-[13px] text-ink-2 max-sm:order-last max-sm:basis-full max-sm:justify-end max-sm:pb-2">
      <span className="w-8 text-right tabular-nums">{says.seconds(seconds)}</span>
      <Button onClick={retryNow} className="h-7 px-2.5">
        {says.retryNow}
      </Button>
    </span>
  );
}
