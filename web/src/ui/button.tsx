import type { ComponentProps } from "react";
import { cn } from "./cn";

type Look = "primary" | "plain" | "quiet" | "danger";

const looks: Readonly<Record<Look, string>> = {
  primary: "bg-invert text-on-invert hover:opacity-88",
  plain: "border bg-raised text-ink hover:bg-hover",
  quiet: "text-ink-2 hover:bg-hover hover:text-ink",
  danger: "border border-fail-line bg-raised text-fail hover:bg-fail-soft",
};

/** What every button and link that looks like one shares. */
export function buttonClass(look: Look = "plain", iconOnly = false): string {
  return cn(
    "inline-flex h-8 shrink-0 items-center justify-center gap-1.5 rounded-md text-[13px] font-medium whitespace-nowrap",
    "transition-[background-color,color,opacity] duration-150 ease-out select-none",
    "disabled:pointer-events-none disabled:opacity-45 aria-disabled:pointer-events-none aria-disabled:opacity-45",
    "pointer-coarse:min-h-11 [&_svg]:size-4 [&_svg]:shrink-0",
    iconOnly ? "w-8 pointer-coarse:min-w-11" : "px-3",
    looks[look],
  );
}

export function Button({
  look = "plain",
  className,
  type = "button",
  ...rest
}: ComponentProps<"button"> & { look?: Look }) {
  return <button type={type} className={cn(buttonClass(look), className)} {...rest} />;
}

/** A button that shows only an icon; `label` is its name for everyone who cannot see or guess it. */
export function IconButton({
  label,
  look = "quiet",
  className,
  type = "button",
  ...rest
}: ComponentProps<"button"> & { label: string; look?: Look }) {
  return (
    <button
      type={type}
      aria-label={label}
      title={label}
      className={cn(buttonClass(look, true), className)}
      {...rest}
    />
  );
}
