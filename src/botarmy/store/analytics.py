"""What became of runs, summed up by the database from the rows that `measures.py` keeps."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, TypeAlias

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Integer,
    Row,
    Table,
    Text,
    and_,
    case,
    cast,
    func,
    literal,
    or_,
    select,
)

from botarmy.domain.measures import NANO
from botarmy.ports import (
    AgentFigures,
    AnalyticsDay,
    AnalyticsFound,
    AnalyticsQuery,
    DayFigures,
    FailureFigures,
    LongWait,
    ModelFigures,
    RunFigures,
    TeamFigures,
    WaitFigures,
)
from botarmy.store.dialects import json_field
from botarmy.store.measures import CALL_SUMS
from botarmy.store.tables import measured_failures, measured_runs, measured_waits, measured_work, runs

LONGEST_LISTED: Final = 10
CHOICES: Final = 200
_DAY_MS: Final = 86_400_000
Sums: TypeAlias = Counter[str]
Values: TypeAlias = "array[int]"
"""Eight bytes each: what has to be sorted for a median is held in memory, and nothing else of a run is."""


def found(conn: Connection, wanted: AnalyticsQuery) -> AnalyticsFound:
    total, days, teams = _runs(conn, wanted)
    agents, models = _work(conn, wanted)
    waits, kinds = _waits(conn, wanted)
    all_teams, all_owners = _choices(conn, wanted)
    return AnalyticsFound(
        total=total,
        days=days,
        teams=teams,
        agents=agents,
        models=models,
        waits=waits,
        kinds=kinds,
        longest=_longest(conn, wanted),
        failures=_failures(conn, wanted),
        all_teams=all_teams,
        all_owners=all_owners,
    )


def _among(table: Table, wanted: AnalyticsQuery) -> ColumnElement[bool]:
    """The rows of the runs that are asked for: all tables have the run's own fields."""
    exact = ((table.c.owner, wanted.visible_to), (table.c.owner, wanted.owner), (table.c.team, wanted.team))
    return and_(
        table.c.created >= wanted.days[0].begins,
        table.c.created < wanted.days[-1].ends,
        *(column == value for column, value in exact if value is not None),
    )


def day_number(moment: ColumnElement[int], days: Sequence[AnalyticsDay]) -> ColumnElement[int]:
    """Which of the days a moment within them is on, from 0.

    Most days have 24 hours. So a few stretches of such days, and the days between them on which clocks were changed,
    say it for hundreds of days.
    """
    whens: list[tuple[ColumnElement[bool], ColumnElement[int]]] = []
    first = 0
    for at, day in enumerate(days):
        last = at + 1 == len(days)
        if last or not (_is_plain(day) and _is_plain(days[at + 1])):
            number: ColumnElement[int] = literal(first, Integer())
            if at > first:
                number = number + (moment - days[first].begins) // _DAY_MS
            whens.append((moment < day.ends, number))
            first = at + 1
    return case(*whens, else_=len(days) - 1)


def _values() -> Values:
    return array("q")


def _every(column: ColumnElement[Any]) -> ColumnElement[str]:
    """All values of a group, but NULL, in one text: fetching as many rows takes several times as long."""
    return func.aggregate_strings(cast(column, Text()), ",").label("every")


def _read(every: str | None) -> Values:
    return array("q", map(int, every.split(",")) if every else ())


def _count(sums: Mapping[str, int], *counters: Sums) -> None:
    for name, more in sums.items():
        if more:
            for counter in counters:
                counter[name] += more


def _is_plain(day: AnalyticsDay) -> bool:
    return day.ends - day.begins == _DAY_MS


def _spread(values: Sequence[int]) -> dict[str, Any]:
    """Median and p90, by nearest rank. Databases rank by sorting everything several times over."""
    ordered = sorted(values)
    if not ordered:
        return {"median_ms": None, "p90_ms": None}
    count = len(ordered)
    return {"median_ms": ordered[(count + 1) // 2 - 1], "p90_ms": ordered[(count * 9 + 9) // 10 - 1]}


# --- Runs -------------------------------------------------------------------------------------------------------

_RUN_SUMS: Final = ("retries", *CALL_SUMS)


def _runs(
    conn: Connection, wanted: AnalyticsQuery
) -> tuple[RunFigures, tuple[DayFigures, ...], tuple[TeamFigures, ...]]:
    table, among = measured_runs, _among(measured_runs, wanted)
    numbered = select(table, day_number(table.c.created, wanted.days).label("day")).where(among).subquery()
    keys = (numbered.c.day, numbered.c.team, numbered.c.ended_as)
    query = select(*keys, func.count().label("runs"), _every(numbered.c.took), *_summed(numbered, _RUN_SUMS))
    total: Sums = Counter()
    days = [Counter[str]() for _ in wanted.days]
    teams: dict[str, Sums] = {}
    took = [_values() for _ in wanted.days]
    took_by: dict[str, Values] = {}
    for row in conn.execute(query.group_by(*keys)):
        sums = {"runs": row.runs, row.ended_as: row.runs, **_sums(row, _RUN_SUMS)}
        _count(sums, total, days[row.day], teams.setdefault(row.team, Counter()))
        ended = _read(row.every)
        took[row.day].extend(ended)
        took_by.setdefault(row.team, _values()).extend(ended)
    return (
        RunFigures(**_run_figures(total), **_spread([ms for some in took for ms in some])),
        tuple(
            DayFigures(day=day.day, **_run_figures(sums), **_spread(some))
            for day, sums, some in zip(wanted.days, days, took, strict=True)
        ),
        _teams(wanted.most, teams, took_by),
    )


def _teams(most: int, teams: Mapping[str, Sums], took: Mapping[str, Values]) -> tuple[TeamFigures, ...]:
    shown, others = _top(teams, most, lambda sums: sums["runs"])
    figures = [
        TeamFigures(team=team, **_run_figures(sums), **_spread(took.get(team, ()))) for team, sums in shown.items()
    ]
    return (*figures, *(TeamFigures(team=None, **_run_figures(sums)) for sums in others))


def _run_figures(sums: Sums) -> dict[str, Any]:
    names = ("runs", "succeeded", "partial", "failed", "cancelled", "open", "retries")
    return {name: sums[name] for name in names} | _call_figures(sums)


# --- Agents and models ------------------------------------------------------------------------------------------

_WORK_SUMS: Final = (*CALL_SUMS, "model_ms", "worked_ms", "retries", "redone")


def _work(conn: Connection, wanted: AnalyticsQuery) -> tuple[tuple[AgentFigures, ...], tuple[ModelFigures, ...]]:
    table = measured_work
    keys = (table.c.agent_name, table.c.model)
    query = select(*keys, *_summed(table, _WORK_SUMS)).where(_among(table, wanted)).group_by(*keys)
    agents: dict[str, Sums] = {}
    models: dict[str, Sums] = {}
    for row in conn.execute(query):
        sums = _sums(row, _WORK_SUMS)
        _count(sums, agents.setdefault(row.agent_name, Counter()))
        if row.calls:
            _count(sums, models.setdefault(row.model, Counter()))
    return (
        tuple(_agent(*one) for one in _named(agents, wanted.most, lambda s: (s["cost_nano_usd"], s["worked_ms"]))),
        tuple(_model(*one) for one in _named(models, wanted.most, lambda s: (s["cost_nano_usd"], _tokens(s)))),
    )


def _agent(name: str | None, sums: Sums) -> AgentFigures:
    more = {name: sums[name] for name in ("worked_ms", "model_ms", "retries", "redone")}
    return AgentFigures(agent_name=name, **_call_figures(sums), **more)


def _model(name: str | None, sums: Sums) -> ModelFigures:
    return ModelFigures(model=name, **_call_figures(sums), model_ms=sums["model_ms"])


def _tokens(sums: Sums) -> int:
    return sums["input_tokens"] + sums["output_tokens"]


# --- Waits for people -------------------------------------------------------------------------------------------


def _waits(conn: Connection, wanted: AnalyticsQuery) -> tuple[WaitFigures, tuple[WaitFigures, ...]]:
    table, among = measured_waits, _among(measured_waits, wanted)
    keys = (table.c.kind, table.c.answered)
    kinds: dict[str, Sums] = {}
    took: dict[str, Values] = {}
    query = select(*keys, func.count(), _every(table.c.waited)).where(among)
    for kind, answered, count, every in conn.execute(query.group_by(*keys)):
        became = "open" if answered is None else "answered" if answered else "withdrawn"
        kinds.setdefault(kind, Counter())[became] += count
        took.setdefault(kind, _values()).extend(_read(every if answered else None))
    return (
        WaitFigures(kind=None, **_wait_figures(sum(kinds.values(), start=Counter[str]())), **_spread(_all(took))),
        tuple(
            WaitFigures(kind=kind, **_wait_figures(sums), **_spread(took[kind])) for kind, sums in sorted(kinds.items())
        ),
    )


def _wait_figures(sums: Sums) -> dict[str, int]:
    return {"asked": sums.total(), **{name: sums[name] for name in ("answered", "withdrawn", "open")}}


def _all(took: Mapping[str, Values]) -> Sequence[int]:
    return [ms for some in took.values() for ms in some]


def _longest(conn: Connection, wanted: AnalyticsQuery) -> tuple[LongWait, ...]:
    """What was withdrawn has waited for nobody."""
    table = measured_waits
    waited = func.coalesce(table.c.waited, wanted.now - table.c.opened).label("waited")
    still_open = table.c.answered.is_(None)
    longest = (
        select(table.c.run, table.c.request_id, table.c.kind, waited, still_open.label("is_open"))
        .where(_among(table, wanted), or_(still_open, table.c.answered.is_(True)))
        .order_by(waited.desc(), table.c.run, table.c.request_id)
        .limit(LONGEST_LISTED)
        .subquery()
    )
    title = json_field(runs.c.summary, "title")
    query = (
        select(runs.c.run_id, title, longest.c.request_id, longest.c.kind, longest.c.waited, longest.c.is_open)
        .join(longest, longest.c.run == runs.c.id)
        .order_by(longest.c.waited.desc(), longest.c.run, longest.c.request_id)
    )
    return tuple(
        LongWait(run_id=run_id, title=title or "", request_id=name, kind=kind, waited_ms=max(0, ms), open=bool(is_open))
        for run_id, title, name, kind, ms, is_open in conn.execute(query)
    )


# --- Failures ---------------------------------------------------------------------------------------------------

_FAILURE_SUMS: Final = ("errors", "warnings")


def _failures(conn: Connection, wanted: AnalyticsQuery) -> tuple[FailureFigures, ...]:
    table = measured_failures
    keys = (table.c.code, table.c.agent_name, table.c.provider)
    query = select(*keys, func.count().label("runs"), *_summed(table, _FAILURE_SUMS)).where(_among(table, wanted))
    causes = {
        (row.code, row.agent_name, row.provider): Counter({"runs": row.runs, **_sums(row, _FAILURE_SUMS)})
        for row in conn.execute(query.group_by(*keys))
    }
    shown, others = _top(causes, wanted.most, lambda sums: (sums["errors"] + sums["warnings"], sums["errors"]))
    figures = [
        FailureFigures(code=code, agent_name=agent, provider=provider, **_failure_figures(sums))
        for (code, agent, provider), sums in shown.items()
    ]
    return (
        *figures,
        *(FailureFigures(code=None, agent_name="", provider="", **_failure_figures(sums)) for sums in others),
    )


def _failure_figures(sums: Sums) -> dict[str, int]:
    return {name: sums[name] for name in ("errors", "warnings", "runs")}


# --- What they share --------------------------------------------------------------------------------------------


def _choices(conn: Connection, wanted: AnalyticsQuery) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Teams and owners of all visible runs of these days."""
    table = measured_runs
    everything = replace(wanted, team=None, owner=None)
    pairs = conn.execute(select(table.c.team, table.c.owner).where(_among(table, everything)).distinct()).all()
    teams, owners = {team for team, _ in pairs}, {owner for _, owner in pairs}
    return tuple(sorted(teams)[:CHOICES]), tuple(sorted(owners)[:CHOICES])


def _summed(table: FromClause, names: Iterable[str]) -> list[ColumnElement[Any]]:
    return [func.sum(table.c[name]).label(name) for name in names]


def _sums(row: Row[Any], names: Sequence[str]) -> dict[str, int]:
    """The row's last columns; some databases give sums of whole numbers as decimals."""
    return dict(zip(names, map(int, row[-len(names) :]), strict=True))


def _call_figures(sums: Sums) -> dict[str, Any]:
    counts = {name: sums[name] for name in ("calls", "unpriced_calls", "input_tokens", "output_tokens")}
    return {**counts, "cost_usd": sums["cost_nano_usd"] / NANO}


def _top(entries: Mapping[Any, Sums], most: int, weight: Callable[[Sums], Any]) -> tuple[dict[Any, Sums], list[Sums]]:
    """The heaviest entries, by name where they weigh the same; and the sum of the others, where there are any."""
    by_name = sorted(entries.items(), key=lambda entry: entry[0])
    ordered = sorted(by_name, key=lambda entry: weight(entry[1]), reverse=True)
    others = [sums for _, sums in ordered[most:]]
    return dict(ordered[:most]), [sum(others, start=Counter[str]())] if others else []


def _named(entries: Mapping[str, Sums], most: int, weight: Callable[[Sums], Any]) -> list[tuple[str | None, Sums]]:
    shown, others = _top(entries, most, weight)
    return [*shown.items(), *((None, sums) for sums in others)]
