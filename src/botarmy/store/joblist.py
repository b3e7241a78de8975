"""Pages of jobs. Each way to them follows an index, so that a page takes no longer where there are a million.

Databases do not know how common a state or an agent is. So it is said here what leads, that is, which index is
followed; every other condition is written so that no index serves it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from sqlalchemy import Column, ColumnElement, Connection, ScalarSelect, Select, and_, bindparam, exists, func, select

from botarmy.domain.errors import DomainError
from botarmy.ports import JobPage
from botarmy.store.dialects import holds, json_field
from botarmy.store.reading import head
from botarmy.store.tables import faults, jobs, runs, searches

PLENTY: Final = 1_000
"""Runs with the words that are searched for. Where there are more, a page of their jobs is soon together anyhow."""
NAMES: Final = 1_000
"""Agents, and workers, whose names are looked through: the first ones by name."""
ID_PART: Final = 8
"""Characters of an id that must be there for it to be searched by: fewer are those of many."""
_AFTER_ALL: Final = "\U0010ffff"
_COMMONEST: Final = "completed"


@dataclass(frozen=True, slots=True, kw_only=True)
class JobQuery:
    owner: str | None
    limit: int
    before: int | None = None
    status: str | None = None
    run_id: str | None = None
    agent: str | None = None
    error: str | None = None
    search: str | None = None


def job_cursor(text: str) -> int:
    """Where a page begins: the number of the job before it."""
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise DomainError("bad_arguments", what="before is not the continuation of a list")
    return int(text)


_VIEWS: Final = (
    select(jobs.c.id, jobs.c.view, runs.c.run_id, json_field(runs.c.summary, "title"))
    .join(runs, runs.c.id == jobs.c.run)
    .where(jobs.c.id.in_(bindparam("chosen", expanding=True)))
    .order_by(jobs.c.id.desc())
)


def job_page(conn: Connection, wanted: JobQuery) -> JobPage:
    limit = max(1, wanted.limit)
    found = sorted(_Finder(conn, wanted, limit + 1).found(), reverse=True)
    shown = found[:limit]
    rows = conn.execute(_VIEWS, {"chosen": shown}).all()
    return JobPage(
        jobs=tuple(view for _, view, _, _ in rows),
        titles={run_id: title for _, _, run_id, title in rows if title is not None},
        next=str(shown[-1]) if len(found) > limit else None,
        position=head(conn),
    )


Exact: TypeAlias = Mapping[str, str]
"""What columns are to be, by their names: `state`, `agent_name`, `owner` of jobs, and `code` of faults."""


class _Finder:
    """Finds the numbers of the newest `count` jobs on every way on which they may be found."""

    def __init__(self, conn: Connection, wanted: JobQuery, count: int) -> None:
        self._conn: Final = conn
        self._wanted: Final = wanted
        self._count: Final = count
        exact = {"code": wanted.error, "state": wanted.status, "agent_name": wanted.agent, "owner": wanted.owner}
        self._exact: Final[Exact] = {name: value for name, value in exact.items() if value is not None}

    def found(self) -> set[int]:
        words = (self._wanted.search or "").strip().casefold()
        return self._with(words) if words else self._newest(lead=_lead(self._exact))

    def _with(self, words: str) -> set[int]:
        found = self._in_runs_with(words) | self._failed_with(words)
        for name in self._agents(words):
            exact = {**self._exact, "agent_name": name}
            found |= self._newest(exact=exact, lead=_lead(exact))
        for name in self._names(jobs.c.worker_id, words):
            found |= self._newest(jobs.c.worker_id == name)
        if len(words) >= ID_PART:
            found |= self._newest(_begins(jobs.c.job_id, words))
            found |= self._newest(jobs.c.run.in_(select(runs.c.id).where(_begins(runs.c.run_id, words))))
        return found

    def _in_runs_with(self, words: str) -> set[int]:
        """Where many runs have the words, the jobs are looked through instead: the newest have them soon."""
        there = holds(searches.c.words, words)
        query = select(searches.c.run).where(there)
        if self._wanted.owner is not None:
            query = query.join(runs, runs.c.id == searches.c.run).where(runs.c.owner == self._wanted.owner)
        some = self._conn.execute(query.limit(PLENTY + 1)).scalars().all()
        if len(some) <= PLENTY:
            return self._newest(jobs.c.run.in_(some)) if some else set()
        return self._newest(exists().where(searches.c.run == jobs.c.run, there), lead=_lead(self._exact))

    def _failed_with(self, words: str) -> set[int]:
        lead = "code" if "code" in self._exact else "fault"
        return self._newest(holds(faults.c.words, words), lead=lead)

    def _agents(self, words: str) -> Sequence[str]:
        if self._wanted.agent is not None:
            return [self._wanted.agent] if words in self._wanted.agent.casefold() else []
        return self._names(jobs.c.agent_name, words)

    def _names(self, column: Column[str], words: str) -> list[str]:
        return [name for name in self._conn.execute(_distinct(column)).scalars() if words in name.casefold()]

    def _newest(self, *where: ColumnElement[bool], exact: Exact | None = None, lead: str | None = None) -> set[int]:
        """
        Args:
            lead: by what index jobs are looked through, the newest first; None: by what `where` says, or their run.
        """
        query, number = _beginning(lead)
        query = query.where(*where)
        for name, value in (self._exact if exact is None else exact).items():
            query = query.where(_is(name, value, name == lead))
        if self._wanted.run_id is not None:
            lead = None
            query = query.where(jobs.c.run == _number_of(self._wanted.run_id))
        if self._wanted.before is not None:
            query = query.where(number < self._wanted.before)
        order = number if lead else number + 0
        return set(self._conn.execute(query.order_by(order.desc()).limit(self._count)).scalars())


def _lead(exact: Exact) -> str:
    """The rarest comes first, as far as that can be known."""
    if "code" in exact:
        return "code"
    if exact.get("state", _COMMONEST) != _COMMONEST:
        return "state"
    return next((name for name in ("owner", "agent_name", "state") if name in exact), "id")


def _beginning(lead: str | None) -> tuple[Select[int], ColumnElement[int]]:
    """Outer joins are done in the order in which they are written."""
    if lead in ("code", "fault"):
        return select(faults.c.job).select_from(faults.outerjoin(jobs, jobs.c.id == faults.c.job)), faults.c.job
    return select(jobs.c.id).where(func.coalesce(jobs.c.state, "") != ""), jobs.c.id


def _is(name: str, value: str, leads: bool) -> ColumnElement[bool]:
    if name == "code":
        return faults.c.code == value if leads else exists().where(faults.c.job == jobs.c.id, faults.c.code == value)
    column = jobs.c[name]
    return column == value if leads else func.coalesce(column, "") == value


def _number_of(run_id: str) -> ScalarSelect[int]:
    return select(runs.c.id).where(runs.c.run_id == run_id).scalar_subquery()


def _begins(column: Column[str], words: str) -> ColumnElement[bool]:
    """Ids are in the order of their bytes."""
    return and_(column >= words, column <= words + _AFTER_ALL)


def _distinct(column: Column[str]) -> Select[str]:
    """One look into the column's index for each value, however many rows have it."""
    names = select(func.min(column).label("name")).cte("names", recursive=True)
    following = select(func.min(column)).where(column > names.c.name).scalar_subquery()
    names = names.union_all(select(following).where(names.c.name.is_not(None)))
    return select(names.c.name).where(names.c.name.is_not(None)).limit(NAMES)
