/** Which days, and whose projects: kept in the page's address. */

export interface AnalyticsFilter {
  /** The last so many days; not with `from`. Neither: the last 30. */
  readonly days?: number;
  readonly from?: string;
  readonly to?: string;
  readonly team?: string;
  readonly owner?: string;
}

export const RANGES = [7, 30, 90] as const;
export const USUAL = 30;
const LONGEST = 100;

/** From what stands in an address, whatever that is. */
export function readAnalyticsFilter(search: Record<string, unknown>): AnalyticsFilter {
  const [from, to] = [day(search.from), day(search.to)];
  const days = from === undefined ? known(search.days) : undefined;
  const [team, owner] = [word(search.team), word(search.owner)];
  return {
    ...(days !== undefined && { days }),
    ...(from !== undefined && { from }),
    ...(from !== undefined && to !== undefined && { to }),
    ...(team !== undefined && { team }),
    ...(owner !== undefined && { owner }),
  };
}

function known(value: unknown): number | undefined {
  return RANGES.find((days) => days === Number(value) && days !== USUAL);
}

function day(value: unknown): string | undefined {
  return typeof value === "string" && /^\d{4}-\d{2}-\d{2}$/.test(value) ? value : undefined;
}

function word(value: unknown): string | undefined {
  const text = typeof value === "string" ? value.trim().slice(0, LONGEST) : "";
  return text === "" ? undefined : text;
}
