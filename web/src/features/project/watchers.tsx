import { useLive, useWatch } from "@/lib/use-live";
import { useSignedIn } from "@/lib/use-session";
import { words } from "@/words";

const says = words.project;
const SHOWN = 3;

/** Who else has the project open now; nothing where that is nobody, or nobody has a name. */
export function Watchers({ runId }: { runId: string }) {
  const own = useSignedIn()?.name;
  useWatch(own === undefined ? null : `watchers:${runId}`);
  const watchers = useLive((state) => state.watchers);
  const connected = useLive(({ link }) => link.status === "connected");
  if (own === undefined || !connected || watchers?.runId !== runId) return null;
  const others = watchers.users.filter((name) => name !== own);
  // Beyond a number of names this reader, too, is one of those who are only counted.
  const count = Math.max(others.length, watchers.count - 1);
  if (count === 0) return null;
  const shown = others.slice(0, SHOWN);
  const more = count - shown.length;
  const title = [...others, ...(count > others.length ? [says.andMore(count - others.length)] : [])].join(
    ", ",
  );
  return (
    <ul
      aria-label={says.alsoHere(count)}
      title={`${says.alsoHere(count)}: ${title}`}
      className="flex shrink-0 items-center -space-x-1.5 max-sm:order-1"
    >
      {shown.map((name) => (
        <li key={name} className={FACE}>
          <span className="sr-only">{name}</span>
          <span aria-hidden="true">{initials(name)}</span>
        </li>
      ))}
      {more > 0 && (
        <li className={FACE}>
          <span className="sr-only">{says.andMore(more)}</span>
          <span aria-hidden="true">+{more > 99 ? 99 : more}</span>
        </li>
      )}
    </ul>
  );
}

const FACE =
  "flex size-7 items-center justify-center rounded-full border-2 border-canvas bg-hover text-[11px] font-semibold text-ink-2";

/** Two letters at most: of the first two words of a name, or its beginning. */
function initials(name: string): string {
  const parts = name.split(/[^\p{L}\p{N}]+/u).filter((part) => part !== "");
  const letters =
    parts.length > 1 ? parts.slice(0, 2).map((part) => [...part][0]) : [...(parts[0] ?? name)].slice(0, 2);
  return letters.join("").toUpperCase();
}
