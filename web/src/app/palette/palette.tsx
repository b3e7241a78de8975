import { useQuery } from "@tanstack/react-query";
import { Search } from "lucide-react";
import { Dialog } from "radix-ui";
import { type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import { closeOverlay } from "@/app/overlay";
import { getRuns } from "@/lib/api";
import { Kbd } from "@/ui/small";
import { words } from "@/words";
import { type Choice, grouped } from "./choice";
import { Choices } from "./choices";
import { recentIds, remember } from "./recent";
import { useChoices } from "./use-choices";

const says = words.palette;
const SETTLES_MS = 200;
const SHORTEST = 2;

/** Everything by name: pages, projects, and what can be done here. */
export function Palette({ opener }: { opener: Element | null }) {
  const [query, setQuery] = useState("");
  const [active, setActive] = useState(0);
  const chosen = useRef<Choice | null>(null);
  const list = useId();
  const { found, state } = useFound(query.trim());
  const [recent] = useState(recentIds);
  const groups = grouped(useChoices(query.trim(), found), recent, query);
  const flat = groups.flatMap(({ choices }) => choices);
  const at = Math.min(active, flat.length - 1);
  const choose = (choice: Choice | undefined) => {
    if (choice === undefined) return;
    remember(choice.id);
    chosen.current = choice;
    closeOverlay();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined && flat.length > 0) setActive((at + step + flat.length) % flat.length);
    else if (event.key === "Enter") choose(flat[at]);
    else return;
    event.preventDefault();
  };
  return (
    <Dialog.Root open onOpenChange={(open) => !open && closeOverlay()}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 animate-fade bg-[#000]/40" />
        <Dialog.Content
          aria-describedby={undefined}
          // What was chosen may have a wish for the focus: it comes after this is gone.
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            if (opener instanceof HTMLElement) opener.focus({ preventScroll: true });
            chosen.current?.run();
          }}
          className="fixed inset-x-2 top-2 z-50 mx-auto flex max-h-[min(480px,calc(100dvh-16px))] max-w-[600px] animate-fade flex-col overflow-hidden rounded-xl border bg-raised shadow-raised sm:top-[12vh]"
        >
          <Dialog.Title className="sr-only">{says.title}</Dialog.Title>
          <div className="flex h-13 shrink-0 items-center gap-3 border-b px-4">
            <Search className="size-4 shrink-0 text-ink-3" aria-hidden="true" />
            <input
              role="combobox"
              aria-label={says.label}
              aria-expanded="true"
              aria-controls={list}
              aria-autocomplete="list"
              aria-activedescendant={flat[at] === undefined ? undefined : `${list}-${at}`}
              placeholder={says.placeholder}
              value={query}
              maxLength={200}
              onChange={(event) => {
                setQuery(event.target.value);
                setActive(0);
              }}
              onKeyDown={onKeyDown}
              autoComplete="off"
              spellCheck={false}
              className="h-full min-w-0 flex-1 bg-transparent text-[15px] outline-none"
            />
          </div>
          <Choices id={list} groups={groups} active={at} onActive={setActive} onChoose={choose} />
          <Below query={query.trim()} count={flat.length} state={state} />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

type SearchState = "quiet" | "searching" | "failed";

/** What became of the search, for those who see it and those who hear it. */
function Below({ query, count, state }: { query: string; count: number; state: SearchState }) {
  const none = count === 0 && state !== "searching";
  return (
    <>
      {none && <p className="px-4 pt-2 pb-6 text-center text-[13px] text-ink-2">{says.none(query)}</p>}
      <div className="flex h-9 shrink-0 items-center gap-4 border-t bg-panel px-4 text-xs text-ink-2">
        <p role="status" className="min-w-0 flex-1 truncate">
          {state === "searching" && says.searching}
          {state === "failed" && says.failed}
          {state === "quiet" && <span className="sr-only">{says.found(count)}</span>}
        </p>
        <span className="flex gap-3 pointer-coarse:hidden max-sm:hidden" aria-hidden="true">
          <span>
            <Kbd>↑</Kbd> <Kbd>↓</Kbd> {says.keys.move}
          </span>
          <span>
            <Kbd>{words.keys.enter}</Kbd> {says.keys.choose}
          </span>
          <span>
            <Kbd>{words.keys.escape}</Kbd> {says.keys.close}
          </span>
        </span>
      </div>
    </>
  );
}

/** Projects whose title or brief holds the text, asked of the server once typing rests. */
function useFound(query: string) {
  const [settled, setSettled] = useState("");
  useEffect(() => {
    const timer = setTimeout(() => setSettled(query), SETTLES_MS);
    return () => clearTimeout(timer);
  }, [query]);
  const enabled = settled.length >= SHORTEST;
  const { data, error, isFetching } = useQuery({
    queryKey: ["palette", settled],
    // A search that nobody waits for any more is broken off.
    queryFn: ({ signal }) => getRuns({ status: "", team: "", owner: "", q: settled }, null, signal),
    enabled,
    retry: false,
  });
  const waits = query.length >= SHORTEST && (query !== settled || isFetching);
  const failed = enabled && error !== null;
  const state: SearchState = waits ? "searching" : failed ? "failed" : "quiet";
  return { found: enabled ? (data?.runs ?? []) : [], state };
}
