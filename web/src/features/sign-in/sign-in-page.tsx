import { Eye, EyeOff, LoaderCircle, LogIn } from "lucide-react";
import { type FormEvent, useEffect, useId, useRef, useState } from "react";
import { Button, IconButton } from "@/ui/button";
import { Logo } from "@/ui/logo";
import { ThemeToggle } from "@/ui/theme-toggle";
import { useTitle } from "@/ui/use-title";
import { words } from "@/words";
import { useSignIn } from "./use-sign-in";

const says = words.signIn;
const COMMAND = "botarmy token create";

/** Over everything else: what was open below stays as it was, for whoever signs in again. */
export function SignInPage({ ended }: { ended: boolean }) {
  useTitle(says.title);
  return (
    <main className="fixed inset-0 z-60 flex flex-col overflow-y-auto bg-canvas">
      <div className="flex h-12 shrink-0 items-center justify-end px-3 sm:px-4">
        <ThemeToggle />
      </div>
      <div className="mx-auto w-full max-w-[432px] px-5 pt-[clamp(24px,12vh,132px)] pb-16 sm:px-6">
        <Logo className="size-10" />
        <h1 className="mt-6 text-[26px] leading-tight font-semibold tracking-[-0.022em]">
          {ended ? says.again : says.heading}
        </h1>
        <p
          role={ended ? "status" : undefined}
          className="mt-2 text-[15px] leading-relaxed text-pretty text-ink-2"
        >
          {ended ? says.ended : says.lead}
        </p>
        <SignInForm />
      </div>
    </main>
  );
}

function SignInForm() {
  const { typed, change, submit, fault, pending, wait } = useSignIn();
  const [shown, setShown] = useState(false);
  const field = useFocus(fault);
  const id = useId();
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    if (!pending) void submit();
  };
  return (
    <form onSubmit={onSubmit} className="mt-8" noValidate>
      <label htmlFor={`${id}-token`} className="text-[13px] font-medium">
        {says.token}
      </label>
      <div className="mt-1.5 flex items-center rounded-lg border border-line-strong bg-raised pr-1.5 transition-colors duration-150 focus-within:border-ink-3 has-aria-invalid:border-fail">
        <input
          ref={field}
          id={`${id}-token`}
          name="token"
          type={shown ? "text" : "password"}
          autoComplete="current-password"
          autoCapitalize="none"
          spellCheck={false}
          maxLength={500}
          placeholder={says.placeholder}
          value={typed}
          onChange={(event) => change(event.target.value)}
          aria-invalid={fault !== null}
          aria-describedby={`${id}-fault ${id}-hint`}
          className="h-11 min-w-0 flex-1 bg-transparent px-3.5 font-mono text-sm outline-none placeholder:font-sans"
        />
        <IconButton label={shown ? says.hide : says.show} onClick={() => setShown(!shown)}>
          {shown ? <EyeOff aria-hidden="true" /> : <Eye aria-hidden="true" />}
        </IconButton>
      </div>
      <p id={`${id}-fault`} role="alert" className="mt-2 min-h-5 text-[13px] leading-5 text-fail">
        {fault}
      </p>
      <Button
        look="primary"
        type="submit"
        disabled={pending || wait > 0}
        className="mt-3 h-11 w-full text-sm"
      >
        {pending ? (
          <LoaderCircle className="animate-spin" aria-hidden="true" />
        ) : (
          <LogIn aria-hidden="true" />
        )}
        <span className="tabular-nums">{actionWord(pending, wait)}</span>
      </Button>
      <p id={`${id}-hint`} className="mt-5 text-[13px] leading-relaxed text-ink-2">
        {says.noToken}{" "}
        <code className="rounded bg-hover px-1 py-px font-mono text-xs text-ink">{COMMAND}</code>
        {says.noTokenEnd}
      </p>
    </form>
  );
}

function actionWord(pending: boolean, wait: number): string {
  if (pending) return says.signingIn;
  return wait > 0 ? says.tryAgainIn(wait) : says.signIn;
}

/** The field has the focus at first, and again when something is wrong with what it holds. */
function useFocus(fault: string | null) {
  const field = useRef<HTMLInputElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each fault is a reason of its own
  useEffect(() => field.current?.focus(), [fault]);
  return field;
}
