import { useQuery } from "@tanstack/react-query";
import { Clapperboard } from "lucide-react";
import { getStatus, type ServerStatus } from "@/lib/api";
import { words } from "@/words";

export function useServerStatus(): ServerStatus | undefined {
  return useQuery({ queryKey: ["status"], queryFn: ({ signal }) => getStatus(signal), staleTime: 300_000 })
    .data;
}

/** Says that scripted agents are at work, wherever their work is shown. */
export function DemoPill() {
  const status = useServerStatus();
  if (!status?.demo) return null;
  return (
    <span
      className="inline-flex h-6 shrink-0 items-center gap-1.5 rounded-full border border-line-strong px-2.5 text-xs font-medium text-ink-2"
      title={words.shared.demoHint}
    >
      <Clapperboard className="size-3.5" aria-hidden="true" />
      {words.shared.demo}
    </span>
  );
}
