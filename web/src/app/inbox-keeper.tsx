import { useNavigate } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { useStore } from "zustand/react";
import { badge } from "@/lib/badge";
import { notify } from "@/lib/notices";
import { useInbox, useInboxUpkeep, useWaiting } from "@/lib/use-inbox";
import { words } from "@/words";

const says = words.inbox;

const WORDS = 200;

/** Tells of what waits for a person, wherever on the pages they are: in the window's title, and by notices. */
export function InboxKeeper() {
  useInboxUpkeep();
  const waiting = useWaiting();
  useBadge(useStore(badge) ? waiting : 0);
  useNotices();
  return null;
}

/** `(2) Tip calculator · BotArmy`, whatever title the page gives itself. */
function useBadge(waiting: number): void {
  useEffect(() => {
    const apply = () => {
      const bare = document.title.replace(/^\(\d+\) /, "");
      const wanted = waiting > 0 ? says.badge(waiting, bare) : bare;
      if (document.title !== wanted) document.title = wanted;
    };
    apply();
    const watch = new MutationObserver(apply);
    watch.observe(document.head, { childList: true, subtree: true, characterData: true });
    return () => watch.disconnect();
  }, [waiting]);
}

/** Of what is asked from now on; what was there before is in the inbox. */
function useNotices(): void {
  const { data } = useInbox();
  const navigate = useNavigate();
  const known = useRef<ReadonlySet<string> | null>(null);
  useEffect(() => {
    if (data === undefined) return;
    const before = known.current;
    known.current = new Set([...(before ?? []), ...data.requests.map(({ request }) => request.request_id)]);
    if (before === null) return;
    for (const { title, agent_name, request } of data.requests) {
      if (before.has(request.request_id)) continue;
      const asks = says.notice(agent_name ?? says.theTeam, title);
      notify(asks, request.prompt.slice(0, WORDS), request.request_id, () => void navigate({ to: "/inbox" }));
    }
  }, [data, navigate]);
}
