import { Download } from "lucide-react";
import type { ReactNode } from "react";
import { Boundary } from "@/ui/boundary";
import { buttonClass } from "@/ui/button";
import { cn } from "@/ui/cn";
import { words } from "@/words";

const says = words.analytics;

export interface Column<T> {
  readonly name: string;
  readonly cell: (row: T) => ReactNode;
  /** Words instead of numbers. */
  readonly words?: boolean;
  /** How much of the whole the row has, 0 to 1: drawn below the cell. */
  readonly share?: (row: T) => number;
}

/** One of the page's parts, with its table as a file. A fault stays inside it. */
export function Part(props: { title: string; csv?: string; children: ReactNode }) {
  const { title, csv, children } = props;
  return (
    <section aria-label={title} className="min-w-0">
      <div className="mb-2 flex min-h-8 items-center justify-between gap-3">
        <h2 className="text-[13px] font-medium text-ink-2">{title}</h2>
        {csv !== undefined && (
          <a href={csv} download aria-label={says.csvOf(title)} className={cn(buttonClass("quiet"), "-mr-3")}>
            <Download aria-hidden="true" /> {says.csv}
          </a>
        )}
      </div>
      <Boundary name={title}>{children}</Boundary>
    </section>
  );
}

interface Props<T> {
  readonly label: string;
  readonly columns: readonly Column<T>[];
  readonly rows: readonly T[];
  readonly keyOf: (row: T) => string;
  /** Instead of a table without rows. */
  readonly empty: string;
}

/** Numbers below each other. What is wider than the screen is scrolled to, also with the keyboard. */
export function FiguresTable<T>({ label, columns, rows, keyOf, empty }: Props<T>) {
  if (rows.length === 0) {
    return (
      <p className="rounded-lg border bg-raised px-4 py-6 text-center text-[13px] text-ink-2">{empty}</p>
    );
  }
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard
    <div className="relative overflow-x-auto rounded-lg border bg-raised" tabIndex={0}>
      <table aria-label={label} className="w-full text-[13px]">
        <thead>
          <tr className="border-b text-xs text-ink-3">
            {columns.map(({ name, words: left }) => (
              <th
                key={name}
                scope="col"
                className={cn("px-3 py-2 font-medium whitespace-nowrap", left ? "text-left" : "text-right")}
              >
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)} className="border-b last:border-0">
              {columns.map((column, at) => (
                <Cell key={column.name} column={column} row={row} first={at === 0} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Cell<T>({ column, row, first }: { column: Column<T>; row: T; first: boolean }) {
  const { cell, words: left, share } = column;
  const look = cn(
    "px-3 py-2 align-top",
    left ? "text-left font-normal" : "text-right whitespace-nowrap tabular-nums",
    left && !first && "text-ink-2",
  );
  const inside = (
    <>
      {cell(row)}
      {share !== undefined && <Share of={share(row)} />}
    </>
  );
  return first ? (
    <th scope="row" className={look}>
      {inside}
    </th>
  ) : (
    <td className={look}>{inside}</td>
  );
}

function Share({ of }: { of: number }) {
  if (of === 0) return null;
  return (
    <span className="mt-1 ml-auto block h-0.5 w-16 rounded-full bg-line" aria-hidden="true">
      <span
        className="ml-auto block h-full rounded-full bg-ink-3"
        style={{ width: `${Math.round(Math.min(1, Math.max(0, of)) * 100)}%` }}
      />
    </span>
  );
}
