import { ChevronDown } from "lucide-react";
import type { ReactNode } from "react";

interface Props {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly children: ReactNode;
}

/** The platform's own list: known to every thumb and screen reader. */
export function Select({ label, value, onChange, children }: Props) {
  return (
    <span className="relative inline-flex">
      <select
        aria-label={label}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        className="h-8 max-w-60 appearance-none truncate rounded-md border bg-raised pr-8 pl-3 text-[13px] font-medium text-ink-2 hover:bg-hover hover:text-ink pointer-coarse:min-h-11 [&>option]:bg-raised"
      >
        {children}
      </select>
      <ChevronDown
        className="pointer-events-none absolute top-1/2 right-2.5 size-3.5 -translate-y-1/2 text-ink-3"
        aria-hidden="true"
      />
    </span>
  );
}
