import { Ellipsis } from "lucide-react";
import type { ComponentProps } from "react";
import { IconButton } from "@/ui/button";
import { words } from "@/words";

/** What a step's menu is opened with: the same before and after the menu's own code is there. */
export function StepMenuButton({ name, ...rest }: ComponentProps<"button"> & { name: string }) {
  return (
    <IconButton
      label={words.agent.menu(name)}
      className="absolute right-1.5 bottom-1.5 size-7 data-[state=open]:bg-hover"
      {...rest}
    >
      <Ellipsis aria-hidden="true" />
    </IconButton>
  );
}
