import { useNavigate } from "@tanstack/react-router";
import { useCallback } from "react";
import { Select } from "@/ui/select";
import { words } from "@/words";
import type { Analytics } from "./analytics";
import { type AnalyticsFilter, RANGES, readAnalyticsFilter, USUAL } from "./filter";

const says = words.analytics;
const CHOSEN = "chosen";
type Changes = { readonly [K in keyof AnalyticsFilter]: AnalyticsFilter[K] | undefined };

/** `found`: what is shown now, if anything is. */
export function Filters({ filter, found }: { filter: AnalyticsFilter; found: Analytics | undefined }) {
  const navigate = useNavigate({ from: "/analytics" });
  const change = useCallback(
    (part: Changes) =>
      void navigate({ search: (before) => readAnalyticsFilter({ ...before, ...part }), replace: true }),
    [navigate],
  );
  const period = filter.from === undefined ? String(filter.days ?? USUAL) : CHOSEN;
  const choose = (value: string) => {
    if (value !== CHOSEN) change({ days: Number(value), from: undefined, to: undefined });
    else if (found !== undefined) change({ from: found.since, to: found.until });
  };
  return (
    <>
      <Select label={says.period} value={period} onChange={choose}>
        {RANGES.map((days) => (
          <option key={days} value={days}>
            {says.lastDays(days)}
          </option>
        ))}
        <option value={CHOSEN}>{says.chosenDays}</option>
      </Select>
      {filter.from !== undefined && (
        <>
          <DayBox label={says.from} value={filter.from} onChange={(from) => change({ from })} />
          <DayBox label={says.to} value={filter.to ?? found?.until ?? ""} onChange={(to) => change({ to })} />
        </>
      )}
      <Choice
        label={says.team}
        all={says.allTeams}
        value={filter.team}
        choices={found?.choices.teams ?? []}
        onChange={(team) => change({ team })}
      />
      <Choice
        label={says.owner}
        all={says.everybody}
        value={filter.owner}
        choices={found?.choices.owners ?? []}
        onChange={(owner) => change({ owner })}
      />
    </>
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly all: string;
  readonly value: string | undefined;
  readonly choices: readonly string[];
  readonly onChange: (value: string) => void;
}

/** Only where there is something to choose from, or something was chosen. */
function Choice({ label, all, value, choices, onChange }: ChoiceProps) {
  const names = value === undefined || choices.includes(value) ? choices : [value, ...choices];
  if (value === undefined && names.length < 2) return null;
  return (
    <Select label={label} value={value ?? ""} onChange={onChange}>
      <option value="">{all}</option>
      {names.map((name) => (
        <option key={name}>{name}</option>
      ))}
    </Select>
  );
}

function DayBox(props: { label: string; value: string; onChange: (day: string) => void }) {
  const { label, value, onChange } = props;
  return (
    <input
      type="date"
      aria-label={label}
      value={value}
      onChange={({ target }) => target.value !== "" && onChange(target.value)}
      className="h-8 rounded-md border bg-raised px-2.5 text-[13px] text-ink-2 tabular-nums pointer-coarse:min-h-11"
    />
  );
}
