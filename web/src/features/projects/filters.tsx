import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useCallback, useMemo } from "react";
import { getTeams } from "@/lib/api";
import { useLive } from "@/lib/use-live";
import { useSignedIn } from "@/lib/use-session";
import { SearchBox } from "@/ui/search-box";
import { Select } from "@/ui/select";
import { useTyped } from "@/ui/use-typed";
import { words } from "@/words";
import { type ProjectFilter, readProjectFilter } from "./filter";

const says = words.projects;

const STATES = [
  ["", says.states.all],
  ["running", says.states.running],
  ["waiting", says.states.waiting],
  ["paused", says.states.paused],
  ["completed", says.states.completed],
  ["failed", says.states.failed],
  ["cancelled", says.states.cancelled],
] as const;

export function Filters({ filter }: { filter: ProjectFilter }) {
  const navigate = useNavigate({ from: "/projects" });
  const change = useCallback(
    (part: ProjectFilter) =>
      void navigate({ search: (before) => readProjectFilter({ ...before, ...part }), replace: true }),
    [navigate],
  );
  const [typed, type] = useTyped(
    filter.q ?? "",
    useCallback((q) => change({ q }), [change]),
  );
  const teams = useTeams(filter.team);
  const owners = useOwners(filter.owner);
  return (
    <>
      <SearchBox
        label={says.search}
        value={typed}
        onChange={type}
        className="flex-1 max-sm:basis-full sm:max-w-56"
      />
      <Select label={says.state} value={filter.status ?? ""} onChange={(status) => change({ status })}>
        {STATES.map(([value, word]) => (
          <option key={value} value={value}>
            {word}
          </option>
        ))}
      </Select>
      {teams.length > 1 && (
        <Select label={says.team} value={filter.team ?? ""} onChange={(team) => change({ team })}>
          <option value="">{says.allTeams}</option>
          {teams.map(([name, title]) => (
            <option key={name} value={name}>
              {title}
            </option>
          ))}
        </Select>
      )}
      {owners.length > 1 && (
        <Select label={says.owner} value={filter.owner ?? ""} onChange={(owner) => change({ owner })}>
          <option value="">{says.everybody}</option>
          {owners.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </Select>
      )}
    </>
  );
}

/** Teams that can be started, and those that the newest projects have. */
function useTeams(chosen: string | undefined): readonly (readonly [string, string])[] {
  const { data } = useQuery({
    queryKey: ["teams"],
    queryFn: ({ signal }) => getTeams(signal),
    staleTime: 300_000,
  });
  const runs = useLive((state) => state.runs);
  return useMemo(() => {
    const titles = new Map<string, string>(chosen === undefined ? [] : [[chosen, chosen]]);
    for (const { team } of runs ?? []) titles.set(team, team);
    for (const { name, title } of data ?? []) titles.set(name, title);
    return [...titles].sort(([, a], [, b]) => a.localeCompare(b));
  }, [data, runs, chosen]);
}

/** Who started the newest projects; nobody where nobody signs in. */
function useOwners(chosen: string | undefined): readonly string[] {
  const me = useSignedIn()?.name ?? null;
  const runs = useLive((state) => state.runs);
  return useMemo(() => {
    if (me === null) return [];
    const names = new Set([me, ...(chosen === undefined ? [] : [chosen])]);
    for (const { owner } of runs ?? []) names.add(owner);
    return [...names].sort((a, b) => a.localeCompare(b));
  }, [me, runs, chosen]);
}
