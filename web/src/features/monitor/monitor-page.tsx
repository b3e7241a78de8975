import { Link, Outlet } from "@tanstack/react-router";
import { Activity, Cable, Gauge, ListChecks, type LucideIcon, Server } from "lucide-react";
import { useWatch } from "@/lib/use-live";
import { useIsAdmin } from "@/lib/use-session";
import { AsOf } from "@/ui/as-of";
import { Boundary } from "@/ui/boundary";
import { words } from "@/words";

const says = words.monitor;

const TABS: readonly { to: Part; word: string; icon: LucideIcon }[] = [
  { to: "/monitor", word: says.tabs.overview, icon: Gauge },
  { to: "/monitor/jobs", word: says.tabs.jobs, icon: ListChecks },
  { to: "/monitor/workers", word: says.tabs.workers, icon: Server },
  { to: "/monitor/connections", word: says.tabs.connections, icon: Cable },
  { to: "/monitor/events", word: says.tabs.events, icon: Activity },
];
type Part = "/monitor" | "/monitor/jobs" | "/monitor/workers" | "/monitor/connections" | "/monitor/events";

/** What the server is doing. Members have their own jobs here; the rest is for admins. */
export function MonitorPage() {
  const admin = useIsAdmin();
  useWatch("jobs");
  useWatch(admin ? "workers" : null);
  useWatch(admin ? "stats" : null);
  return (
    <div className="flex h-full flex-col">
      <div className="shrink-0 border-b">
        <div className="mx-auto max-w-[1280px] px-4 pt-4 sm:px-6">
          <h1 className="text-xl font-semibold tracking-[-0.015em]">{says.title}</h1>
          <nav aria-label={says.title} className="-mx-1 mt-2 flex gap-x-1 overflow-x-auto">
            {TABS.filter(({ to }) => admin || to === "/monitor/jobs").map(({ to, word, icon: Icon }) => (
              <Link
                key={to}
                to={to}
                activeOptions={{ exact: true, includeSearch: false }}
                className="-mb-px flex h-9 shrink-0 items-center gap-1.5 border-b-2 border-transparent px-2 text-[13px] font-medium text-ink-2 -outline-offset-2 transition-colors duration-150 hover:text-ink data-[status=active]:border-ink data-[status=active]:text-ink pointer-coarse:h-11"
              >
                <Icon className="size-4 max-sm:hidden" aria-hidden="true" />
                {word}
              </Link>
            ))}
          </nav>
        </div>
      </div>
      <div className="mx-auto w-full max-w-[1280px] shrink-0 px-4 pt-4 empty:hidden sm:px-6">
        <AsOf />
      </div>
      <div className="min-h-0 flex-1">
        <Boundary name={says.thisPart}>
          <Outlet />
        </Boundary>
      </div>
    </div>
  );
}
