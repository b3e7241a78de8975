import { useEffect, useRef } from "react";
import { cn } from "@/ui/cn";
import { words } from "@/words";
import type { Choice, Group } from "./choice";

const says = words.palette.groups;

interface Props {
  readonly id: string;
  readonly groups: readonly Group[];
  /** Which of all choices the Enter key means. */
  readonly active: number;
  readonly onActive: (at: number) => void;
  readonly onChoose: (choice: Choice) => void;
}

/** The listbox: the focus stays in the field above it. */
export function Choices({ id, groups, active, onActive, onChoose }: Props) {
  const shown = useRef<HTMLDivElement>(null);
  useEffect(() => {
    shown.current?.querySelector(`#${CSS.escape(`${id}-${active}`)}`)?.scrollIntoView({ block: "nearest" });
  }, [id, active]);
  let before = 0;
  return (
    <div
      ref={shown}
      id={id}
      role="listbox"
      aria-label={words.palette.title}
      className="overflow-y-auto p-2 empty:p-0"
    >
      {groups.map(({ name, choices }) => {
        const first = before;
        before += choices.length;
        const options = choices.map((choice, index) => {
          const at = first + index;
          return (
            <Option
              key={choice.id}
              id={`${id}-${at}`}
              choice={choice}
              active={at === active}
              kind={name === null || name === "recent" ? says[choice.group] : null}
              onActive={() => onActive(at)}
              onChoose={() => onChoose(choice)}
            />
          );
        });
        if (name === null) return options;
        return (
          // biome-ignore lint/a11y/useSemanticElements: a fieldset is no part of a listbox
          <div key={name} role="group" aria-label={says[name]} className="mb-1">
            <p className="px-2 pt-1.5 pb-1 text-xs font-medium text-ink-3" aria-hidden="true">
              {says[name]}
            </p>
            {options}
          </div>
        );
      })}
    </div>
  );
}

interface OptionProps {
  readonly id: string;
  readonly choice: Choice;
  readonly active: boolean;
  /** Of which kind it is, where no heading says so. */
  readonly kind: string | null;
  readonly onActive: () => void;
  readonly onChoose: () => void;
}

function Option({ id, choice, active, kind, onActive, onChoose }: OptionProps) {
  const Icon = choice.icon;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are heard by the field that has the focus
    // biome-ignore lint/a11y/useFocusableInteractive: the field keeps the focus and names the active option
    <div
      id={id}
      role="option"
      aria-selected={active}
      onPointerMove={onActive}
      onClick={onChoose}
      className={cn(
        "flex h-9 cursor-default items-center gap-2.5 rounded-md px-2 text-sm pointer-coarse:min-h-11",
        active && "bg-hover",
      )}
    >
      <Icon className="size-4 shrink-0 text-ink-3" strokeWidth={1.75} aria-hidden="true" />
      <span className="min-w-0 flex-1 truncate">{choice.label}</span>
      {kind !== null && <span className="shrink-0 text-xs text-ink-3">{kind}</span>}
    </div>
  );
}
