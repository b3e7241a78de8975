import { Link } from "@tanstack/react-router";
import { words } from "@/words";
import { amount, money, NOTHING, span, success } from "./amounts";
import type { Analytics, TableName, WaitFigures } from "./analytics";
import { type Column, FiguresTable, Part } from "./figures-table";

const says = words.analytics;
type Row<K extends keyof Analytics> = Analytics[K] extends readonly (infer R)[] ? R : never;

/** `csv`: the address of each table as a file. */
export function Tables({ found, csv }: { found: Analytics; csv: (table: TableName) => string }) {
  const cost = found.total.cost_usd;
  return (
    <div className="grid gap-x-6 gap-y-8 *:min-w-0 xl:grid-cols-2">
      <Part title={says.agents} csv={csv("agents")}>
        <FiguresTable
          label={says.agents}
          columns={agentColumns(cost)}
          rows={found.agents}
          keyOf={(row) => keyOf(row.agent_name)}
          empty={says.noWork}
        />
      </Part>
      <Part title={says.models} csv={csv("models")}>
        <FiguresTable
          label={says.models}
          columns={modelColumns(cost)}
          rows={found.models}
          keyOf={(row) => keyOf(row.model)}
          empty={says.noWork}
        />
      </Part>
      <Part title={says.teams} csv={csv("teams")}>
        <FiguresTable
          label={says.teams}
          columns={TEAMS}
          rows={found.teams}
          keyOf={(row) => keyOf(row.team)}
          empty={says.none}
        />
      </Part>
      <Part title={says.failures} csv={csv("failures")}>
        <FiguresTable
          label={says.failures}
          columns={FAILURES}
          rows={found.failures}
          keyOf={(row) => JSON.stringify([row.code, row.agent_name, row.provider])}
          empty={says.noFailures}
        />
      </Part>
      <Part title={says.waits} csv={csv("kinds")}>
        <FiguresTable
          label={says.waits}
          columns={WAITS}
          rows={found.kinds.length > 1 ? [...found.kinds, found.waits] : found.kinds}
          keyOf={(row) => keyOf(row.kind)}
          empty={says.noWaits}
        />
      </Part>
      {found.longest.length > 0 && (
        <Part title={says.longest} csv={csv("longest")}>
          <FiguresTable
            label={says.longest}
            columns={LONGEST}
            rows={found.longest}
            keyOf={(row) => `${row.run_id} ${row.request_id}`}
            empty={says.noWaits}
          />
        </Part>
      )}
    </div>
  );
}

/** No name is another key than any name. */
function keyOf(name: string | null): string {
  return name === null ? "others" : `of ${name}`;
}

function named(name: string | null): string {
  return name === null ? says.others : name === "" ? says.unknown : name;
}

interface Called {
  readonly cost_usd: number;
  readonly unpriced_calls: number;
  readonly calls: number;
}

/** A sum to which nothing with a price was added is not known. */
function costOf({ cost_usd, unpriced_calls, calls }: Called): string {
  return calls === 0 || unpriced_calls === calls ? NOTHING : money(cost_usd);
}

function tokensOf(row: { readonly input_tokens: number; readonly output_tokens: number }): string {
  return amount(row.input_tokens + row.output_tokens);
}

function costColumn<T extends Called>(whole: number): Column<T> {
  return { name: says.cost, cell: costOf, share: (row) => (whole > 0 ? row.cost_usd / whole : 0) };
}

function agentColumns(cost: number): readonly Column<Row<"agents">>[] {
  return [
    { name: says.agent, words: true, cell: ({ agent_name }) => named(agent_name) },
    costColumn(cost),
    { name: says.tokens, cell: tokensOf },
    { name: says.worked, cell: ({ worked_ms }) => span(worked_ms) },
    { name: says.waitedForModel, cell: ({ model_ms }) => span(model_ms) },
    { name: says.calls, cell: ({ calls }) => amount(calls) },
    { name: says.retries, cell: ({ retries }) => amount(retries) },
    { name: says.redone, cell: ({ redone }) => amount(redone) },
  ];
}

function modelColumns(cost: number): readonly Column<Row<"models">>[] {
  return [
    { name: says.model, words: true, cell: ({ model }) => named(model) },
    costColumn(cost),
    { name: says.input, cell: ({ input_tokens }) => amount(input_tokens) },
    { name: says.output, cell: ({ output_tokens }) => amount(output_tokens) },
    { name: says.calls, cell: ({ calls }) => amount(calls) },
    { name: says.worked, cell: ({ model_ms }) => span(model_ms) },
  ];
}

const TEAMS: readonly Column<Row<"teams">>[] = [
  { name: says.team, words: true, cell: ({ team }) => named(team) },
  { name: says.projects, cell: ({ runs }) => amount(runs) },
  { name: says.success, cell: success },
  { name: says.median, cell: ({ median_ms }) => span(median_ms) },
  { name: says.p90, cell: ({ p90_ms }) => span(p90_ms) },
  { name: says.cost, cell: costOf },
];

const FAILURES: readonly Column<Row<"failures">>[] = [
  {
    name: says.cause,
    words: true,
    cell: ({ code, message }) => (
      <span className="block min-w-44">{code === null ? says.others : message || says.unknown}</span>
    ),
  },
  { name: says.agent, words: true, cell: ({ agent_name }) => agent_name || NOTHING },
  { name: says.provider, words: true, cell: ({ provider }) => provider || NOTHING },
  { name: says.ended, cell: ({ errors }) => amount(errors) },
  { name: says.passed, cell: ({ warnings }) => amount(warnings) },
  { name: says.affected, cell: ({ runs }) => amount(runs) },
];

const WAITS: readonly Column<WaitFigures>[] = [
  { name: says.kind, words: true, cell: ({ kind }) => kindOf(kind) },
  { name: says.askedFor, cell: ({ asked }) => amount(asked) },
  { name: says.answered, cell: ({ answered }) => amount(answered) },
  { name: says.waiting, cell: ({ open }) => amount(open) },
  { name: says.withdrawn, cell: ({ withdrawn }) => amount(withdrawn) },
  { name: says.median, cell: ({ median_ms }) => span(median_ms) },
  { name: says.p90, cell: ({ p90_ms }) => span(p90_ms) },
];

const LONGEST: readonly Column<Row<"longest">>[] = [
  {
    name: says.project,
    words: true,
    cell: ({ run_id, title }) => (
      <Link
        to="/projects/$runId"
        params={{ runId: run_id }}
        className="font-medium underline-offset-4 hover:underline"
      >
        {title || run_id}
      </Link>
    ),
  },
  { name: says.kind, words: true, cell: ({ kind }) => kindOf(kind) },
  {
    name: says.waited,
    cell: ({ waited_ms, open }) => (
      <>
        {span(waited_ms)}
        {open && <span className="block text-xs text-wait">{says.stillWaits}</span>}
      </>
    ),
  },
];

function kindOf(kind: string | null): string {
  return kind === null ? says.allKinds : (says.kinds[kind] ?? kind);
}
