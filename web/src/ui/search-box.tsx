import { Search } from "lucide-react";
import { words } from "@/words";
import { cn } from "./cn";

interface Props {
  readonly label: string;
  readonly placeholder?: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly className?: string;
}

export function SearchBox({ label, placeholder = words.shared.search, value, onChange, className }: Props) {
  return (
    <span className={cn("relative", className)}>
      <Search className="absolute top-1/2 left-2.5 size-4 -translate-y-1/2 text-ink-3" aria-hidden="true" />
      <input
        type="search"
        aria-label={label}
        placeholder={placeholder}
        value={value}
        maxLength={200}
        onChange={(event) => onChange(event.target.value)}
        className="h-8 w-full rounded-md border bg-raised pr-2 pl-8 text-[13px] pointer-coarse:min-h-11"
      />
    </span>
  );
}
