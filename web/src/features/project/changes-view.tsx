import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { getArtifact } from "@/lib/api";
import { problemFrom } from "@/lib/http";
import type { ArtifactView } from "@/lib/views";
import { Button } from "@/ui/button";
import { cn } from "@/ui/cn";
import { ProblemNote, Skeleton } from "@/ui/small";
import { words } from "@/words";
import { countOf, type Gap, type Line, linesOf, nearChanges } from "./changes";

const says = words.files;
/** More rows than this are shown on demand. */
const ROWS_AT_ONCE = 500;

interface Props {
  readonly runId: string;
  readonly file: ArtifactView;
  /** The earlier version; the later one is `file`'s. */
  readonly since: number;
}

/** What changed in a text file from one version to another. */
export function ChangesView({ runId, file, since }: Props) {
  const { path, version } = file;
  const { data, error, refetch } = useQuery({
    queryKey: ["artifact-changes", runId, path, since, version],
    queryFn: async ({ signal }) => {
      const both = [since, version].map((one) => getArtifact(runId, path, one, signal));
      const [earlier, later] = await Promise.all(both.map(async (blob) => (await blob).text()));
      return linesOf(earlier ?? "", later ?? "");
    },
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (error !== null) {
    return (
      <div className="p-4">
        <ProblemNote problem={problemFrom(error)}>
          <Button onClick={() => refetch()}>{says.tryAgain}</Button>
        </ProblemNote>
      </div>
    );
  }
  if (data === undefined) return <Skeleton className="m-5 h-3 w-2/3" />;
  if (data === null) return <p className="p-5 text-sm text-ink-2">{says.tooDifferent}</p>;
  return <Changes lines={data} since={since} version={version} />;
}

interface ChangesProps {
  readonly lines: readonly Line[];
  readonly since: number;
  readonly version: number;
}

function Changes({ lines, since, version }: ChangesProps) {
  const rows = useMemo(() => nearChanges(lines), [lines]);
  const [shown, setShown] = useState(ROWS_AT_ONCE);
  const added = countOf(lines, "added");
  const removed = countOf(lines, "removed");
  return (
    <div className="text-[13px]">
      <p className="border-b px-5 py-2 text-ink-2 tabular-nums">
        {says.changed(since, version, added, removed)}
      </p>
      <table className="w-full border-collapse font-mono text-[12.5px] leading-5">
        <caption className="sr-only">{says.changed(since, version, added, removed)}</caption>
        <tbody>
          {rows.slice(0, shown).map((row) => (
            <Row key={`${row.kind} ${"before" in row ? row.before : "gap"} ${row.after}`} row={row} />
          ))}
        </tbody>
      </table>
      {rows.length > shown && (
        <div className="p-3">
          <Button onClick={() => setShown(shown + ROWS_AT_ONCE)}>
            {says.moreLines(rows.length - shown)}
          </Button>
        </div>
      )}
    </div>
  );
}

const LOOKS: Readonly<Record<Line["kind"], { sign: string; word: string; tone: string }>> = {
  same: { sign: "", word: "", tone: "" },
  added: { sign: "+", word: says.added, tone: "bg-done-soft" },
  removed: { sign: "−", word: says.removed, tone: "bg-fail-soft" },
};

function Row({ row }: { row: Line | Gap }) {
  if (row.kind === "gap") {
    return (
      <tr>
        <td colSpan={4} className="bg-panel px-5 py-1 font-sans text-xs text-ink-3">
          {says.unchanged(row.lines)}
        </td>
      </tr>
    );
  }
  const { sign, word, tone } = LOOKS[row.kind];
  return (
    <tr className={tone}>
      <LineNumber of={row.before} />
      <LineNumber of={row.after} />
      <td className="w-5 text-center text-ink-2 select-none">
        <span aria-hidden="true">{sign}</span>
        <span className="sr-only">{word}</span>
      </td>
      <td className={cn("pr-4 whitespace-pre-wrap wrap-anywhere", row.kind === "removed" && "text-ink-2")}>
        {row.text}
      </td>
    </tr>
  );
}

function LineNumber({ of }: { of: number | null }) {
  return <td className="w-10 pr-2 text-right align-top text-xs text-ink-3 tabular-nums select-none">{of}</td>;
}
