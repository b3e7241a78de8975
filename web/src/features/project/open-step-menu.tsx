import { useNavigate } from "@tanstack/react-router";
import { CornerUpLeft, RotateCw, SkipForward } from "lucide-react";
import { DropdownMenu } from "radix-ui";
import type { ReactNode } from "react";
import { toast } from "@/ui/toast";
import { words } from "@/words";
import { StepMenuButton } from "./step-menu-button";
import { useRunCommand } from "./use-run-command";

const says = words.agent;

export interface StepMenuProps {
  readonly runId: string;
  readonly step: string;
  readonly name: string;
  readonly mayFork: boolean;
  readonly mayRetry: boolean;
  readonly maySkip: boolean;
}

/** The menu of a step, opened. */
export function OpenStepMenu({ runId, step, name, mayFork, mayRetry, maySkip }: StepMenuProps) {
  const { send, pending } = useRunCommand(runId);
  const navigate = useNavigate();
  const fork = async () => {
    const outcome = await send("fork_run", { step });
    if (!outcome.ok) return;
    toast(says.forked(name), { description: says.forkedHint });
    await navigate({ to: "/projects/$runId", params: { runId: String(outcome.result.run_id) } });
  };
  return (
    <DropdownMenu.Root defaultOpen>
      <DropdownMenu.Trigger asChild>
        <StepMenuButton name={name} disabled={pending !== null} />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          align="end"
          sideOffset={4}
          className="z-50 min-w-52 animate-fade rounded-lg border bg-raised p-1 shadow-raised"
        >
          {mayFork && (
            <Choice icon={<CornerUpLeft aria-hidden="true" />} onSelect={fork}>
              {says.fork}
            </Choice>
          )}
          {mayRetry && (
            <Choice icon={<RotateCw aria-hidden="true" />} onSelect={() => send("retry_step", { step })}>
              {says.retry}
            </Choice>
          )}
          {maySkip && (
            <Choice icon={<SkipForward aria-hidden="true" />} onSelect={() => send("skip_step", { step })}>
              {says.skip}
            </Choice>
          )}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

interface ChoiceProps {
  readonly icon: ReactNode;
  readonly onSelect: () => void;
  readonly children: ReactNode;
}

function Choice({ icon, onSelect, children }: ChoiceProps) {
  return (
    <DropdownMenu.Item
      onSelect={onSelect}
      className="flex h-8 cursor-default items-center gap-2 rounded-md px-2 text-[13px] outline-none select-none data-highlighted:bg-hover pointer-coarse:min-h-11 [&_svg]:size-4 [&_svg]:text-ink-2"
    >
      {icon}
      {children}
    </DropdownMenu.Item>
  );
}
