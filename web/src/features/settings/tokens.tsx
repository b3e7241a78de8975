import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { ago, date } from "@/lib/format";
import { problemFrom } from "@/lib/http";
import { useServerNow } from "@/lib/use-live";
import { useSession } from "@/lib/use-session";
import type { Problem } from "@/lib/wire";
import { Button } from "@/ui/button";
import { cn } from "@/ui/cn";
import { Coded } from "@/ui/coded";
import { Confirm } from "@/ui/confirm";
import { words } from "@/words";
import { NewToken } from "./new-token";
import { Asked, More, Outcome, Part } from "./part";
import { getTokens, revokeToken, type Token } from "./requests";

const says = words.settings.tokens;
const NAME = "tokens";

export function Tokens() {
  const session = useSession();
  const open = session.status === "in" && !session.required;
  return (
    <Part id="tokens" title={says.title} intro={open ? <Open /> : says.intro}>
      <Asked name={NAME} ask={getTokens}>
        {({ tokens, yours }) => <List tokens={tokens} yours={yours} />}
      </Asked>
    </Part>
  );
}

function Open() {
  return (
    <>
      <p>{says.open}</p>
      <p>
        <Coded>{says.turnOn}</Coded>
      </p>
    </>
  );
}

function List({ tokens, yours }: { tokens: readonly Token[]; yours: string | null }) {
  const queries = useQueryClient();
  const now = useServerNow();
  const again = () => void queries.invalidateQueries({ queryKey: ["settings", NAME] });
  const holds = (token: Token) => endOf(token, now) === null;
  const ended = tokens.filter((token) => !holds(token));
  const rows = (some: readonly Token[]) =>
    some.map((token) => (
      <Row key={token.token_id} token={token} own={token.token_id === yours} now={now} onChange={again} />
    ));
  return (
    <>
      <NewToken onMade={again} />
      <div className="overflow-hidden rounded-lg border bg-raised">
        <div
          aria-hidden="true"
          className={cn(COLUMNS, "border-b bg-panel text-xs font-medium text-ink-2 max-md:hidden")}
        >
          {Object.values(says.columns).map((word) => (
            <span key={word}>{word}</span>
          ))}
        </div>
        {tokens.length === ended.length && <p className="px-4 py-3 text-[13px] text-ink-2">{says.nobody}</p>}
        <ul className="divide-y">{rows(tokens.filter(holds))}</ul>
        {ended.length > 0 && (
          <div className="border-t">
            <More summary={says.ended(ended.length)}>
              <ul className="divide-y">{rows(ended.reverse())}</ul>
            </More>
          </div>
        )}
      </div>
    </>
  );
}

const COLUMNS =
  "grid items-center gap-x-4 gap-y-0.5 px-4 py-2.5 grid-cols-[minmax(0,1fr)_auto] md:grid-cols-[minmax(0,1fr)_72px_96px_96px_132px_80px]";

interface RowProps {
  readonly token: Token;
  readonly own: boolean;
  readonly now: number;
  readonly onChange: () => void;
}

function Row({ token, own, now, onChange }: RowProps) {
  const { token_id, user, role, created_at, last_used_at } = token;
  const [problem, setProblem] = useState<Problem>();
  const ended = endOf(token, now) !== null;
  const revoke = async () => {
    setProblem(undefined);
    try {
      await revokeToken(token_id);
      onChange();
    } catch (error) {
      setProblem(problemFrom(error));
    }
  };
  const fact = "text-[13px] text-ink-2 tabular-nums max-md:col-start-1 max-md:text-xs";
  const label = (word: string) => <span className="md:sr-only">{`${word} `}</span>;
  return (
    <li>
      <div className={COLUMNS}>
        <span className="flex min-w-0 items-baseline gap-2 text-sm font-medium">
          <span className="truncate" title={user}>
            {user}
          </span>
          <span className="font-mono text-xs font-normal text-ink-3">{token_id}</span>
          {own && <span className="text-xs font-normal text-ink-2">{says.yours}</span>}
        </span>
        <span className={fact}>{says.roles[role]}</span>
        <span className={fact}>
          {label(says.columns.created)}
          {date(created_at)}
        </span>
        <span className={fact}>
          {label(says.columns.used)}
          {last_used_at === null ? says.never : ago(last_used_at, now)}
        </span>
        <span className={fact}>
          {label(says.columns.valid)}
          {validity(token, now)}
        </span>
        <span className="text-right max-md:col-start-2 max-md:row-start-1 max-md:row-span-3">
          {!ended && <Revoke token={token} own={own} onConfirm={() => void revoke()} />}
        </span>
      </div>
      <div className={problem === undefined ? "" : "px-4 pb-3"}>
        <Outcome bad={problem} />
      </div>
    </li>
  );
}

function Revoke({ token, own, onConfirm }: { token: Token; own: boolean; onConfirm: () => void }) {
  const { user, token_id } = token;
  return (
    <Confirm
      trigger={
        <Button look="danger" aria-label={says.revokeOf(user, token_id)}>
          {says.revoke}
        </Button>
      }
      title={says.asked(user)}
      action={says.revoke}
      keep={says.keep}
      onConfirm={onConfirm}
    >
      {says.consequence} {own && says.own}
    </Confirm>
  );
}

/** The moment at which a token ended; null while it holds. */
function endOf({ revoked_at, expires_at }: Token, now: number): string | null {
  if (revoked_at !== null) return revoked_at;
  return expires_at !== null && Date.parse(expires_at) <= now ? expires_at : null;
}

function validity(token: Token, now: number): string {
  const end = endOf(token, now);
  if (end === null) return token.expires_at === null ? says.always : says.until(date(token.expires_at));
  return token.revoked_at === null ? says.expired(date(end)) : says.revoked(date(end));
}
