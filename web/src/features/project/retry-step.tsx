import { RotateCw } from "lucide-react";
import { useMayCommand } from "@/lib/use-session";
import { Button } from "@/ui/button";
import { words } from "@/words";
import { useRunCommand } from "./use-run-command";

interface Props {
  readonly runId: string;
  readonly step: string;
  /** Whose step it is, where that does not go without saying. */
  readonly name?: string | null;
}

/** Nothing for those who only watch. */
export function RetryStep({ runId, step, name = null }: Props) {
  const { send, pending } = useRunCommand(runId);
  if (!useMayCommand()) return null;
  return (
    <Button disabled={pending !== null} onClick={() => send("retry_step", { step })}>
      <RotateCw aria-hidden="true" /> {name === null ? words.agent.retry : words.agent.retryNamed(name)}
    </Button>
  );
}
