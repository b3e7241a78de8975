/** Small parts that many screens share. */

import { Info, type LucideIcon, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import type { Problem } from "@/lib/wire";
import { words } from "@/words";
import { cn } from "./cn";

/** Three bouncing dots: someone is at work right now. */
export function Dots({ className }: { className?: string }) {
  return (
    <span className={cn("inline-flex items-end gap-[3px]", className)} aria-hidden="true" data-testid="dots">
      {[0, 160, 320].map((delay) => (
        <span
          key={delay}
          className="size-1 animate-dot rounded-full bg-current"
          style={{ animationDelay: `${delay}ms` }}
        />
      ))}
    </span>
  );
}

/** `value`: 0 to 1, or null while nobody knows. The space is the same either way. */
export function Progress({ value, label }: { value: number | null; label: string }) {
  if (value === null) return <div className="h-1" />;
  const percent = Math.round(Math.min(1, Math.max(0, value)) * 100);
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuenow={percent}
      aria-valuemin={0}
      aria-valuemax={100}
      className="h-1 overflow-hidden rounded-full bg-line"
    >
      <div
        className="h-full rounded-full bg-active transition-[width] duration-300 ease-out"
        style={{ width: `${percent}%` }}
      />
    </div>
  );
}

interface EmptyProps {
  readonly icon: LucideIcon;
  readonly title: string;
  /** True where this is all that the page has to say. */
  readonly page?: boolean;
  readonly children?: ReactNode;
}

export function Empty({ icon: Icon, title, page = false, children }: EmptyProps) {
  const Title = page ? "h1" : "p";
  return (
    <div className="flex flex-col items-center px-6 py-10 text-center">
      <Icon className="mb-3 size-6 text-ink-3" strokeWidth={1.5} aria-hidden="true" />
      <Title className="text-sm font-medium">{title}</Title>
      <div className="mt-1 max-w-[44ch] text-[13px] leading-relaxed text-ink-2">{children}</div>
    </div>
  );
}

/** A failure in words, with what can be done about it. */
export function ProblemNote({
  problem,
  severity = "error",
  children,
}: {
  problem: Pick<Problem, "message" | "action" | "reference">;
  severity?: "warning" | "error";
  children?: ReactNode;
}) {
  const warning = severity === "warning";
  const Icon = warning ? Info : TriangleAlert;
  return (
    <div
      role={warning ? "status" : "alert"}
      className={cn(
        "flex items-start gap-2.5 rounded-lg border px-3.5 py-3 text-[13px] leading-relaxed",
        warning ? "bg-panel" : "border-fail-line bg-fail-soft",
      )}
    >
      <Icon
        className={cn("mt-0.5 size-4 shrink-0", warning ? "text-wait" : "text-fail")}
        aria-hidden="true"
      />
      <div className="min-w-0 flex-1">
        <p className="font-medium text-ink">{problem.message}</p>
        {problem.action !== "" && <p className="text-ink-2">{problem.action}</p>}
        {problem.reference !== null && (
          <p className="mt-1 text-xs text-ink-2">
            {words.shared.reference} <span className="font-mono">{problem.reference}</span>
          </p>
        )}
        {children !== undefined && <div className="mt-2.5 flex flex-wrap gap-2 empty:hidden">{children}</div>}
      </div>
    </div>
  );
}

export function Skeleton({ className }: { className?: string }) {
  return <div className={cn("animate-pulse rounded-md bg-hover", className)} aria-hidden="true" />;
}

export function Kbd({ children }: { children: ReactNode }) {
  return (
    <kbd className="rounded border bg-panel px-1.5 py-px font-sans text-[11px] text-ink-2">{children}</kbd>
  );
}
