import { Link } from "@tanstack/react-router";
import { ShieldAlert } from "lucide-react";
import type { ComponentType } from "react";
import { useIsAdmin, useSession } from "@/lib/use-session";
import { AsOf } from "@/ui/as-of";
import { useTitle } from "@/ui/use-title";
import { words } from "@/words";
import { About } from "./about";
import { Appearance } from "./appearance";
import { Limits } from "./limits";
import { Notifications } from "./notifications";
import { Card, Part, Row } from "./part";
import { Providers } from "./providers";
import { Tokens } from "./tokens";

const says = words.settings;

const PLACES = [
  ["you", says.you.title, false],
  ["appearance", says.appearance.title, false],
  ["notifications", says.notices.title, false],
  ["providers", says.providers.title, true],
  ["limits", says.limits.title, true],
  ["tokens", says.tokens.title, true],
  ["about", says.about.title, false],
] as const;

/** One's own choices, and for admins what is set up on the server. */
export function SettingsPage({ signOut }: { signOut: ComponentType }) {
  const admin = useIsAdmin();
  useTitle(says.pageTitle);
  return (
    <div className="h-full scroll-smooth overflow-y-auto">
      <div className="mx-auto grid w-full max-w-[1040px] gap-x-10 px-4 pt-8 pb-24 sm:px-6 lg:grid-cols-[176px_minmax(0,1fr)]">
        <h1 className="text-xl font-semibold tracking-[-0.015em] lg:col-span-2">{says.title}</h1>
        <Places admin={admin} />
        <div className="mt-5 min-w-0 space-y-10">
          <AsOf />
          <You signOut={signOut} />
          <Appearance />
          <Notifications admin={admin} />
          {admin ? (
            <>
              <Providers />
              <Limits />
              <Tokens />
            </>
          ) : (
            <ForAdmins />
          )}
          <About admin={admin} />
        </div>
      </div>
    </div>
  );
}

/** The way to each part: beside them where there is room, else above. */
function Places({ admin }: { admin: boolean }) {
  return (
    <nav
      aria-label={says.title}
      className="-mx-2 mt-3 flex gap-x-1 overflow-x-auto max-lg:border-b lg:sticky lg:top-6 lg:mt-5 lg:flex-col lg:self-start"
    >
      {PLACES.filter(([, , forAdmins]) => admin || !forAdmins).map(([id, title]) => (
        <Link
          key={id}
          to="/settings"
          hash={id}
          className="flex h-9 shrink-0 items-center rounded-md px-2 text-[13px] font-medium whitespace-nowrap text-ink-2 -outline-offset-2 hover:bg-hover hover:text-ink pointer-coarse:h-11"
        >
          {title}
        </Link>
      ))}
    </nav>
  );
}

function You({ signOut: SignOut }: { signOut: ComponentType }) {
  const session = useSession();
  if (session.status !== "in") return null;
  const { user, required } = session;
  return (
    <Part id="you" title={says.you.title}>
      <Card>
        <Row name={user.name} hint={required ? says.you.roles[user.role] : says.you.open}>
          {required && <SignOut />}
        </Row>
      </Card>
    </Part>
  );
}

function ForAdmins() {
  return (
    <Part id="admins" title={says.admins.title}>
      <div className="flex items-start gap-2.5 rounded-lg border bg-panel px-4 py-3 text-[13px] leading-relaxed text-ink-2">
        <ShieldAlert className="mt-0.5 size-4 shrink-0 text-ink-3" aria-hidden="true" />
        <p>
          {says.admins.intro} {says.admins.ask}
        </p>
      </div>
    </Part>
  );
}
