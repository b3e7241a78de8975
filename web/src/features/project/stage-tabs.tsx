import { Tabs } from "radix-ui";
import type { ReactNode } from "react";
import { words } from "@/words";
import type { Stage } from "./stages";

/** No step is called so, and it makes a valid part of an id. */
export const EVERY_STAGE = "*";

const TAB =
  "h-8 shrink-0 border-b-2 border-transparent px-1 text-xs font-medium text-ink-2 transition-colors duration-150 -outline-offset-2 hover:text-ink data-[state=active]:border-ink data-[state=active]:text-ink pointer-coarse:min-h-11";

interface Props {
  readonly stages: readonly Stage[];
  /** A stage's id, or EVERY_STAGE. */
  readonly value: string;
  readonly onChange: (stage: string) => void;
  /** The files of what is chosen. */
  readonly children: ReactNode;
}

/** Files by the part of the work they came from. */
export function StageTabs({ stages, value, onChange, children }: Props) {
  return (
    <Tabs.Root value={value} onValueChange={onChange} className="contents">
      <Tabs.List aria-label={words.files.stages} className="flex shrink-0 flex-wrap gap-x-0.5 border-b px-3">
        <Tabs.Trigger value={EVERY_STAGE} className={TAB}>
          {words.files.all}
        </Tabs.Trigger>
        {stages.map(({ id, title }) => (
          <Tabs.Trigger key={id} value={`stage ${id}`} className={TAB}>
            {title}
          </Tabs.Trigger>
        ))}
      </Tabs.List>
      <Tabs.Content value={value} className="contents" tabIndex={-1}>
        {children}
      </Tabs.Content>
    </Tabs.Root>
  );
}
