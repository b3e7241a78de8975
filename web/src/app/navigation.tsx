import { Link } from "@tanstack/react-router";
import { Activity, ChartColumn, FolderKanban, Inbox, type LucideIcon, UsersRound } from "lucide-react";
import type { ReactNode } from "react";
import { useWaiting } from "@/lib/use-inbox";
import { useIsAdmin } from "@/lib/use-session";
import { words } from "@/words";

const says = words.navigation;

/** The way to the pages: in the header, and within a thumb's reach at the bottom of a phone. */
export function Navigation() {
  const admin = useIsAdmin();
  return (
    <nav
      aria-label={says.main}
      className="flex flex-1 gap-0.5 max-sm:fixed max-sm:inset-x-0 max-sm:bottom-0 max-sm:z-30 max-sm:justify-around max-sm:border-t max-sm:bg-canvas max-sm:pb-[env(safe-area-inset-bottom)]"
    >
      <Place to="/projects" icon={FolderKanban}>
        {says.projects}
      </Place>
      <Place to="/inbox" icon={Inbox}>
        {says.inbox}
        <Waiting />
      </Place>
      <Place to="/teams" icon={UsersRound}>
        {says.teams}
      </Place>
      <Place to={admin ? "/monitor" : "/monitor/jobs"} icon={Activity}>
        {says.monitor}
      </Place>
      <Place to="/analytics" icon={ChartColumn}>
        {says.analytics}
      </Place>
    </nav>
  );
}

/** How much waits for a person; nothing where nothing does. */
function Waiting() {
  const waiting = useWaiting();
  if (waiting === 0) return null;
  return (
    <span className="rounded-full bg-wait-soft px-1.5 text-[11px] leading-4.5 font-semibold text-wait tabular-nums max-sm:absolute max-sm:top-1 max-sm:left-1/2 max-sm:ml-2">
      {waiting > 99 ? says.manyWaiting : waiting}
      <span className="sr-only">{says.waiting}</span>
    </span>
  );
}

interface PlaceProps {
  readonly to: "/projects" | "/inbox" | "/teams" | "/monitor" | "/monitor/jobs" | "/analytics";
  readonly icon: LucideIcon;
  readonly children: ReactNode;
}

function Place({ to, icon: Icon, children }: PlaceProps) {
  return (
    <Link
      to={to}
      activeOptions={{ includeSearch: false }}
      className="relative inline-flex h-8 items-center gap-1.5 rounded-md px-2.5 text-[13px] font-medium text-ink-2 transition-colors duration-150 hover:bg-hover hover:text-ink data-[status=active]:text-ink max-sm:h-14 max-sm:flex-1 max-sm:flex-col max-sm:justify-center max-sm:gap-0.5 max-sm:rounded-none max-sm:text-[11px] max-sm:-outline-offset-2 pointer-coarse:min-h-11"
    >
      <Icon className="size-5 sm:hidden" aria-hidden="true" />
      {children}
    </Link>
  );
}
