import { Check, Copy, LoaderCircle, Plus } from "lucide-react";
import { type FormEvent, type ReactNode, useEffect, useId, useRef, useState } from "react";
import { Button } from "@/ui/button";
import { Select } from "@/ui/select";
import { words } from "@/words";
import { Outcome } from "./part";
import { createToken, type Issued, type Role } from "./requests";
import { useTrial } from "./use-trial";

const says = words.settings.tokens;
const ROLES = ["member", "viewer", "admin"] as const satisfies readonly Role[];
const COPIED_MS = 1_500;

/** Makes a token, and shows it this once: it is kept in this component alone, and goes with it. */
export function NewToken({ onMade }: { onMade: () => void }) {
  const [made, setMade] = useState<Issued | null>(null);
  const take = (issued: Issued) => {
    setMade(issued);
    onMade();
  };
  if (made !== null) return <Made issued={made} onDone={() => setMade(null)} />;
  return <Form onIssued={take} />;
}

function Form({ onIssued }: { onIssued: (issued: Issued) => void }) {
  const [user, setUser] = useState("");
  const [role, setRole] = useState<Role>("member");
  const [span, setSpan] = useState("");
  const [trial, make] = useTrial(async () => {
    onIssued(await createToken(user.trim().toLowerCase(), role, span === "" ? null : Number(span)));
  });
  const field = useId();
  const making = trial.status === "under way";
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void make();
  };
  return (
    <form onSubmit={submit} noValidate className="rounded-lg border bg-raised px-4 py-3">
      <div className="flex flex-wrap items-end gap-x-3 gap-y-2">
        <div className="min-w-40 flex-1">
          <label htmlFor={field} className="mb-1 block text-xs font-medium text-ink-2">
            {says.name}
          </label>
          <input
            id={field}
            value={user}
            maxLength={64}
            autoCapitalize="none"
            autoComplete="off"
            spellCheck={false}
            placeholder={says.example}
            onChange={(event) => setUser(event.target.value)}
            aria-invalid={trial.status === "refused"}
            className="block h-8 w-full rounded-md border bg-raised px-2.5 text-[13px] aria-invalid:border-fail pointer-coarse:min-h-11"
          />
        </div>
        <Choice label={says.role}>
          <Select label={says.role} value={role} onChange={(value) => setRole(value as Role)}>
            {ROLES.map((one) => (
              <option key={one} value={one}>
                {says.roles[one]}
              </option>
            ))}
          </Select>
        </Choice>
        <Choice label={says.valid}>
          <Select label={says.valid} value={span} onChange={setSpan}>
            {Object.entries(says.spans)
              .sort(bySpan)
              .map(([seconds, word]) => (
                <option key={seconds} value={seconds}>
                  {word}
                </option>
              ))}
          </Select>
        </Choice>
        <Button type="submit" disabled={making || user.trim() === ""}>
          {making ? (
            <LoaderCircle className="animate-spin" aria-hidden="true" />
          ) : (
            <Plus aria-hidden="true" />
          )}
          {making ? says.creating : says.create}
        </Button>
      </div>
      <Outcome bad={trial.status === "refused" ? trial.problem : undefined} />
    </form>
  );
}

/** Whole numbers come first among an object's names: the longest, which has none, first all the same. */
function bySpan([a]: [string, string], [b]: [string, string]): number {
  return Number(a) - Number(b);
}

function Choice({ label, children }: { label: string; children: ReactNode }) {
  return (
    <span>
      <span aria-hidden="true" className="mb-1 block text-xs font-medium text-ink-2">
        {label}
      </span>
      {children}
    </span>
  );
}

function Made({ issued, onDone }: { issued: Issued; onDone: () => void }) {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.select(), []);
  return (
    <div className="rounded-lg border border-wait-line bg-wait-soft px-4 py-3">
      <p className="text-sm font-medium">{says.made(issued.user)}</p>
      <p role="status" className="text-[13px] leading-relaxed text-ink-2">
        {says.once}
      </p>
      <div className="mt-2.5 flex flex-wrap gap-2">
        <input
          ref={field}
          readOnly
          aria-label={says.made(issued.user)}
          value={issued.token}
          onFocus={(event) => event.target.select()}
          className="h-8 min-w-0 flex-1 basis-80 rounded-md border border-line-strong bg-raised px-2.5 font-mono text-xs pointer-coarse:min-h-11"
        />
        <CopyButton text={issued.token} />
        <Button onClick={onDone}>{says.done}</Button>
      </div>
    </div>
  );
}

function CopyButton({ text }: { text: string }) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), COPIED_MS);
    return () => clearTimeout(timer);
  }, [copied]);
  // Over plain HTTP browsers have no clipboard for a page; the text is selected, and copied by hand.
  if (!("clipboard" in navigator)) return null;
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => setCopied(true),
      () => {},
    );
  return (
    <Button look="primary" onClick={copy}>
      {copied ? <Check aria-hidden="true" /> : <Copy aria-hidden="true" />}
      {copied ? words.settings.copied : words.settings.copy}
    </Button>
  );
}
