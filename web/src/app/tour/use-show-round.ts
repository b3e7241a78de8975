import { useRouter } from "@tanstack/react-router";
import { startTour } from "./state";
import { partOf } from "./tour-guide";

/** Shows somebody round who asks for it: what is on this page, or else the home page. */
export function useShowRound(): () => void {
  const router = useRouter();
  return () => {
    const here = partOf(router.state.location.pathname);
    if (here === null) void router.navigate({ to: "/" }).then(() => startTour("home", true));
    else startTour(here, true);
  };
}
