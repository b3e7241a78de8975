"""What analytics count, kept with the events that say so: a few rows for each run, which go with it.

A batch takes a handful of statements, however many runs it is about: the driver lets other threads run at each.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple, TypeAlias

from sqlalchemy import Connection, Table, Update, bindparam, insert, select, tuple_, update

from botarmy.domain.measures import AskedFor, Begun, Closed, Failure, Stands, Work
from botarmy.store.batch import Measured
from botarmy.store.tables import measured_failures, measured_runs, measured_waits, measured_work

_AT_ONCE: Final = 500
CALL_SUMS: Final = ("calls", "unpriced_calls", "input_tokens", "output_tokens", "cost_nano_usd")
_RUN_SUMS: Final = ("retries", *CALL_SUMS)
_WORK_SUMS: Final = (*CALL_SUMS, "model_ms", "worked_ms", "retries", "redone")
_FAILURE_SUMS: Final = ("errors", "warnings")
_WORK_KEY: Final = ("agent_name", "model", "created", "run")
_FAILURE_KEY: Final = ("code", "agent_name", "provider", "created", "run")

Key: TypeAlias = tuple[Any, ...]
Sums: TypeAlias = dict[Key, Counter[str]]
"""What is to be added to the rows with these keys."""


class Of(NamedTuple):
    """The fields of a run that its other rows repeat."""

    created: int
    owner: str
    team: str
    provider: str


Runs: TypeAlias = Mapping[int, Of]


def write(conn: Connection, measured: Sequence[Measured]) -> None:
    """In order. Facts of a run that is not counted, or was deleted, are passed over."""
    for at in range(0, len(measured), _AT_ONCE):
        some = measured[at : at + _AT_ONCE]
        runs = _runs(conn, some)
        told = [one for one in some if one.run in runs]
        _write_waits(conn, runs, told)
        _write_ends(conn, runs, told)
        _write_sums(conn, runs, told)


# --- Runs -------------------------------------------------------------------------------------------------------

_RUNS: Final = select(
    measured_runs.c.run,
    measured_runs.c.created,
    measured_runs.c.owner,
    measured_runs.c.team,
    measured_runs.c.provider,
).where(measured_runs.c.run.in_(bindparam("runs", expanding=True)))
_END: Final = (
    update(measured_runs)
    .where(measured_runs.c.run == bindparam("of"))
    .values(ended_as=bindparam("as"), took=bindparam("ms"))
)


def _runs(conn: Connection, measured: Iterable[Measured]) -> Runs:
    """Those that are counted, with the ones that begin now."""
    named = sorted({one.run for one in measured})
    known = {run: Of(*fields) for run, *fields in conn.execute(_RUNS, {"runs": named})}
    new: dict[int, Of] = {}
    for run, fact in measured:
        if isinstance(fact, Begun) and run not in known:
            new.setdefault(run, Of(fact.at, fact.owner, fact.team, fact.provider))
    if new:
        nothing = dict.fromkeys(_RUN_SUMS, 0)
        rows = [{"run": run, **of._asdict(), "ended_as": "open", **nothing} for run, of in new.items()]
        conn.execute(insert(measured_runs), rows)
    return known | new


def _write_ends(conn: Connection, runs: Runs, measured: Iterable[Measured]) -> None:
    last = {run: fact for run, fact in measured if isinstance(fact, Stands)}
    if last:
        conn.execute(_END, [{"of": run, "as": fact.end, "ms": _took(runs[run], fact)} for run, fact in last.items()])


def _took(of: Of, fact: Stands) -> int | None:
    return None if fact.end == "open" else max(0, fact.at - of.created)


# --- Sums -------------------------------------------------------------------------------------------------------


def _write_sums(conn: Connection, runs: Runs, measured: Iterable[Measured]) -> None:
    whole: Sums = {}
    worked: Sums = {}
    failed: Sums = {}
    for run, fact in measured:
        of = runs[run]
        if isinstance(fact, Work):
            added = {name: getattr(fact, name) for name in _WORK_SUMS}
            _count(whole, (run,), {name: added[name] for name in _RUN_SUMS})
            _count(worked, (fact.agent_name, fact.model, of.created, run), added)
        elif isinstance(fact, Failure):
            key = (fact.code, fact.agent_name, of.provider, of.created, run)
            _count(failed, key, {f"{fact.severity}s": 1})
    _change(conn, measured_runs, ("run",), _RUN_SUMS, whole)
    _add(conn, measured_work, _WORK_KEY, _WORK_SUMS, worked, runs)
    _add(conn, measured_failures, _FAILURE_KEY, _FAILURE_SUMS, failed, runs)


def _count(sums: Sums, key: Key, added: Mapping[str, int]) -> None:
    sums.setdefault(key, Counter()).update(added)


def _add(conn: Connection, table: Table, key: Sequence[str], names: Sequence[str], sums: Sums, runs: Runs) -> None:
    """To rows that are there, or as new ones. The writer is alone: nobody inserts the same in between."""
    if not sums:
        return
    columns = [table.c[name] for name in key]
    held = conn.execute(select(*columns).where(table.c.run.in_(sorted({of[-1] for of in sums}))))
    known = {tuple(row) for row in held}
    if table is measured_work:
        sums = _beside_calls(sums, known)
    _change(conn, table, key, names, {of: added for of, added in sums.items() if of in known})
    new = [
        {
            **dict(zip(key, of, strict=True)),
            "owner": runs[of[-1]].owner,
            "team": runs[of[-1]].team,
            **{name: added[name] for name in names},
        }
        for of, added in sums.items()
        if of not in known
    ]
    if new:
        conn.execute(insert(table), new)


def _beside_calls(sums: Sums, known: Collection[Key]) -> Sums:
    """What is no call stands in a row of one of the agent's models where there is one: it takes half the rows."""
    beside: dict[Key, Key] = {(of[0], of[3]): of for of in sorted((*known, *sums), reverse=True) if of[1]}
    placed: Sums = {}
    for of, added in sums.items():
        place = of if added["calls"] else beside.get((of[0], of[3]), of)
        placed.setdefault(place, Counter()).update(added)
    return placed


def _change(conn: Connection, table: Table, key: Sequence[str], names: Sequence[str], sums: Sums) -> None:
    if sums:
        rows = [
            {f"of_{name}": part for name, part in zip(key, of, strict=True)}
            | {f"more_{name}": added[name] for name in names}
            for of, added in sums.items()
        ]
        conn.execute(_more(table, key, names), rows)


def _more(table: Table, key: Sequence[str], names: Sequence[str]) -> Update:
    here = [table.c[name] == bindparam(f"of_{name}") for name in key]
    return update(table).where(*here).values({name: table.c[name] + bindparam(f"more_{name}") for name in names})


# --- Waits ------------------------------------------------------------------------------------------------------

_WAITS: Final = select(measured_waits.c.run, measured_waits.c.request_id, measured_waits.c.opened).where(
    tuple_(measured_waits.c.run, measured_waits.c.request_id).in_(bindparam("named", expanding=True))
)
_CLOSE: Final = (
    update(measured_waits)
    .where(measured_waits.c.run == bindparam("of"), measured_waits.c.request_id == bindparam("name"))
    .values(answered=bindparam("was_answered"), waited=bindparam("ms"))
)


def _write_waits(conn: Connection, runs: Runs, measured: Iterable[Measured]) -> None:
    told = [(one.run, one.fact) for one in measured if isinstance(one.fact, AskedFor | Closed)]
    if not told:
        return
    named = sorted({(run, fact.request_id) for run, fact in told})
    opened = {(run, name): at for run, name, at in conn.execute(_WAITS, {"named": named})}
    new: dict[tuple[int, str], AskedFor] = {}
    for run, fact in told:
        if isinstance(fact, AskedFor) and (run, fact.request_id) not in opened:
            new[run, fact.request_id] = fact
            opened[run, fact.request_id] = fact.at
    if new:
        conn.execute(insert(measured_waits), [_opened(runs[run], run, fact) for (run, _), fact in new.items()])
    last = {(run, fact.request_id): fact for run, fact in told if (run, fact.request_id) in opened}
    if last:
        conn.execute(_CLOSE, [_closed(run, opened[run, name], fact) for (run, name), fact in last.items()])


def _opened(of: Of, run: int, fact: AskedFor) -> dict[str, object]:
    return {
        "run": run,
        "request_id": fact.request_id,
        "created": of.created,
        "owner": of.owner,
        "team": of.team,
        "kind": fact.kind,
        "opened": fact.at,
    }


def _closed(run: int, opened: int, fact: AskedFor | Closed) -> dict[str, object]:
    """What was asked again is open as before."""
    over = isinstance(fact, Closed)
    return {
        "of": run,
        "name": fact.request_id,
        "was_answered": fact.answered if isinstance(fact, Closed) else None,
        "ms": max(0, fact.at - opened) if over else None,
    }
