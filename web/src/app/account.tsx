import { CircleUserRound, LogOut } from "lucide-react";
import { useId, useState } from "react";
import { problemFrom } from "@/lib/http";
import { useSessionKeeper, useSignedIn } from "@/lib/use-session";
import { Button, buttonClass } from "@/ui/button";
import { cn } from "@/ui/cn";
import { toast } from "@/ui/toast";
import { words } from "@/words";

const says = words.account;

/** Who is signed in, and the way out. Nothing where nobody has to sign in. */
export function Account() {
  const user = useSignedIn();
  const id = useId();
  if (user === null) return null;
  const { word, may } = says.roles[user.role];
  return (
    <>
      <button
        type="button"
        popoverTarget={id}
        aria-label={says.signedIn(user.name, word)}
        className={cn(buttonClass("quiet"), "min-w-0 shrink px-2 pointer-coarse:min-w-11")}
      >
        <CircleUserRound aria-hidden="true" />
        <span className="max-w-40 truncate max-sm:hidden">{user.name}</span>
        <span className="font-normal text-ink-3 max-lg:hidden">{word}</span>
      </button>
      <div
        id={id}
        popover="auto"
        className="fixed inset-auto top-13 right-3 m-0 w-[min(300px,calc(100vw-24px))] rounded-xl border bg-raised p-4 text-ink shadow-raised"
      >
        <p className="truncate text-sm font-medium" title={user.name}>
          {user.name}
        </p>
        <p className="mt-0.5 text-[13px] leading-relaxed text-ink-2">{says.about(word, may)}</p>
        <SignOut className="mt-3 w-full" />
      </div>
    </>
  );
}

/** The way out. */
export function SignOut({ className }: { className?: string }) {
  const session = useSessionKeeper();
  const [pending, setPending] = useState(false);
  const signOut = async () => {
    setPending(true);
    try {
      await session.signOut();
    } catch (error) {
      const { message, action } = problemFrom(error);
      toast.error(message, { description: action });
      setPending(false);
    }
  };
  return (
    <Button onClick={signOut} disabled={pending} className={className}>
      <LogOut aria-hidden="true" /> {says.signOut}
    </Button>
  );
}
