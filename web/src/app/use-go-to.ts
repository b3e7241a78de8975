import { useRouter } from "@tanstack/react-router";
import { useIsAdmin } from "@/lib/use-session";
import type { Destination } from "./keys";

/** The ways to pages that this BotArmy has. */
export function useGoTo() {
  const router = useRouter();
  const admin = useIsAdmin();
  const paths: Readonly<Record<string, unknown>> = router.routesByPath;
  const isThere = (to: Destination) => paths[to] !== undefined;
  const goTo = (to: Destination) => {
    // The first part of the monitor is for admins.
    const path = to === "/monitor" && !admin ? "/monitor/jobs" : to;
    if (isThere(to)) void router.navigate({ to: path as "/" });
  };
  return { goTo, isThere };
}
