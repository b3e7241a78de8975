import { Link, Outlet } from "@tanstack/react-router";
import { Settings } from "lucide-react";
import { useWatch } from "@/lib/use-live";
import { buttonClass } from "@/ui/button";
import { cn } from "@/ui/cn";
import { ConnectionIndicator } from "@/ui/connection-indicator";
import { Logo } from "@/ui/logo";
import { ThemeToggle } from "@/ui/theme-toggle";
import { words } from "@/words";
import { Account } from "./account";
import { InboxKeeper } from "./inbox-keeper";
import { Navigation } from "./navigation";
import { Overlays } from "./overlays";
import { PaletteHint } from "./palette-hint";
import { TourGuide } from "./tour/tour-guide";

/** Every page: the header with the connection, and the page below it. */
export function Shell() {
  useWatch("runs");
  return (
    <div className="flex h-dvh flex-col">
      <a
        href="#main"
        className="sr-only focus:not-sr-only focus:absolute focus:z-50 focus:m-2 focus:rounded-md focus:border focus:bg-raised focus:px-3 focus:py-2 focus:text-sm"
      >
        {words.navigation.skip}
      </a>
      <header className="flex min-h-12 shrink-0 flex-wrap items-center gap-x-1 border-b sm:flex-nowrap bg-canvas px-3 sm:px-4">
        <Link
          to="/"
          aria-label={words.navigation.home}
          className="flex h-8 items-center gap-2 rounded-md pr-2 text-sm font-semibold tracking-tight pointer-coarse:min-h-11"
        >
          <Logo className="size-6" />
          <span className="hidden sm:inline">BotArmy</span>
        </Link>
        <Navigation />
        <span className="flex-1 sm:hidden" />
        <ConnectionIndicator />
        <span className="w-1" />
        <PaletteHint />
        <Account />
        <ThemeToggle className="max-sm:hidden" />
        <Link
          to="/settings"
          aria-label={words.navigation.settings}
          title={words.navigation.settings}
          className={cn(buttonClass("quiet", true), "data-[status=active]:text-ink")}
        >
          <Settings aria-hidden="true" />
        </Link>
      </header>
      <InboxKeeper />
      <Overlays />
      <TourGuide />
      <main
        id="main"
        tabIndex={-1}
        className="min-h-0 flex-1 outline-none max-sm:pb-[calc(56px+env(safe-area-inset-bottom))]"
      >
        <Outlet />
      </main>
    </div>
  );
}
