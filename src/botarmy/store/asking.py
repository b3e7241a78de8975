"""What is asked of people and still open, over all runs: kept in the transaction of the events that say so."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import Connection, bindparam, delete, exists, func, insert, select

from botarmy.domain.errors import DomainError
from botarmy.ports import OpenRequest, RequestPage
from botarmy.store.batch import Asked
from botarmy.store.reading import head
from botarmy.store.tables import asked, runs

_IN_RUN: Final = (asked.c.run == bindparam("of"), asked.c.request_id == bindparam("name"))
_KNOWN: Final = select(exists().where(*_IN_RUN))
_CLOSE: Final = delete(asked).where(*_IN_RUN)


def write(conn: Connection, told: Sequence[Asked]) -> None:
    """In order. A request that is told of as open again keeps its place."""
    for one in told:
        named = {"of": one.run, "name": one.request_id}
        if not one.is_open:
            conn.execute(_CLOSE, named)
        elif not conn.execute(_KNOWN, named).scalar_one():
            conn.execute(insert(asked), {"position": one.position, "run": one.run, "request_id": one.request_id})


def cursor(text: str) -> int:
    """Where a page begins: the position of the request before it."""
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise DomainError("bad_arguments", what="after is not the continuation of a list")
    return int(text)


def page(conn: Connection, owner: str | None, after: int, limit: int) -> RequestPage:
    seen = [] if owner is None else [runs.c.owner == owner]
    joined = asked.join(runs, runs.c.id == asked.c.run)
    query = select(asked.c.position, runs.c.run_id, asked.c.request_id).select_from(joined).where(*seen)
    limit = max(1, limit)
    rows = conn.execute(query.where(asked.c.position > after).order_by(asked.c.position).limit(limit + 1)).all()
    shown = rows[:limit]
    return RequestPage(
        requests=tuple(OpenRequest(run_id=run_id, request_id=request_id) for _, run_id, request_id in shown),
        next=str(shown[-1][0]) if len(rows) > limit else None,
        total=conn.execute(select(func.count()).select_from(joined).where(*seen)).scalar_one(),
        position=head(conn),
    )
