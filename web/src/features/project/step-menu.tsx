import { memo, useState } from "react";
import { useMayCommand } from "@/lib/use-session";
import { Opened } from "@/ui/opened";
import type { StepMenuProps } from "./open-step-menu";
import { OpenStepMenu } from "./parts";
import { StepMenuButton } from "./step-menu-button";

const prepare = () => void OpenStepMenu.preload();

/** What can be done with a step. Nothing for those who only watch, or where there is nothing to do. */
export const StepMenu = memo(function StepMenu(props: StepMenuProps) {
  const { name, mayFork, mayRetry, maySkip } = props;
  const [wanted, setWanted] = useState(false);
  if (!useMayCommand() || !(mayRetry || maySkip || mayFork)) return null;
  const button = (
    <StepMenuButton
      name={name}
      onClick={() => setWanted(true)}
      onPointerEnter={prepare}
      onFocus={prepare}
      aria-haspopup="menu"
      aria-expanded={false}
    />
  );
  if (!wanted) return button;
  return (
    <Opened fallback={button} onFailed={() => setWanted(false)}>
      <OpenStepMenu {...props} />
    </Opened>
  );
});
