"""Queries. Each runs in one transaction, so that all it returns is of one moment."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from sqlalchemy import BigInteger, Connection, and_, func, literal, or_, select

from botarmy.domain.errors import DomainError
from botarmy.ports import LogEntry, RunPage, StoredFold, StoredReply
from botarmy.store.dialects import json_field
from botarmy.store.tables import blobs, events, folds, replies, runs, searches

LAST: Final = 2**63 - 1
"""No position, and no number of rows, is beyond it: databases refuse larger numbers."""
_CURSOR: Final = re.compile(r"(\d{1,15})-(\d{1,18})", re.ASCII)


def head(conn: Connection) -> int:
    position: int = conn.execute(select(func.coalesce(func.max(events.c.position), 0))).scalar_one()
    return position


def read(conn: Connection, after: int, limit: int, run_id: str | None, up_to: int | None) -> list[LogEntry]:
    query = (
        select(events.c.position, events.c.version, runs.c.run_id, events.c.type, events.c.body)
        .where(events.c.position > min(after, LAST))
        .order_by(events.c.position)
        .limit(literal(min(max(0, limit), LAST), BigInteger))
    )
    if run_id is None:
        query = query.outerjoin(runs, runs.c.id == events.c.run)
    else:
        query = query.join(runs, runs.c.id == events.c.run).where(runs.c.run_id == run_id)
    if up_to is not None:
        query = query.where(events.c.position <= min(up_to, LAST))
    return [
        LogEntry(position=position, version=version, run_id=run, type=type_, body=body)
        for position, version, run, type_, body in conn.execute(query)
    ]


def fold(conn: Connection, run_id: str, up_to: int | None) -> StoredFold | None:
    query = (
        select(folds.c.fold_version, folds.c.position, folds.c.body)
        .join(runs, runs.c.id == folds.c.run)
        .where(runs.c.run_id == run_id)
    )
    if up_to is not None:
        query = query.where(folds.c.position <= min(up_to, LAST))
    row = conn.execute(query).one_or_none()
    return None if row is None else StoredFold(fold_version=row[0], position=row[1], body=row[2])


def owner(conn: Connection, run_id: str) -> str | None:
    return conn.execute(select(runs.c.owner).where(runs.c.run_id == run_id)).scalar()


def blob(conn: Connection, sha256: str) -> bytes | None:
    return conn.execute(select(blobs.c.content).where(blobs.c.sha256 == sha256)).scalar()


def reply(conn: Connection, user: str, command_id: str) -> StoredReply | None:
    query = select(replies.c.arguments, replies.c.result, replies.c.position).where(
        replies.c.user == user, replies.c.command_id == command_id
    )
    row = conn.execute(query).one_or_none()
    if row is None:
        return None
    return StoredReply(user=user, command_id=command_id, arguments=row[0], result=row[1], position=row[2])


@dataclass(frozen=True, slots=True, kw_only=True)
class RunQuery:
    owner: str | None
    limit: int
    before: tuple[int, int] | None
    status: str | None
    search: str | None
    team: str | None = None


def run_cursor(text: str) -> tuple[int, int]:
    """Where a page begins: the moment of creation and the number of the run before it."""
    found = _CURSOR.fullmatch(text)
    if found is None:
        raise DomainError("bad_arguments", what="before is not the continuation of a list")
    return int(found[1]), int(found[2])


def run_page(conn: Connection, wanted: RunQuery) -> RunPage:
    query = select(runs.c.created, runs.c.id, runs.c.summary).where(
        runs.c.deleted.is_(False), runs.c.summary.is_not(None)
    )
    if wanted.owner is not None:
        query = query.where(runs.c.owner == wanted.owner)
    if wanted.status is not None:
        query = query.where(runs.c.status == wanted.status)
    if wanted.team is not None:
        query = query.where(json_field(runs.c.summary, "team") == wanted.team)
    if wanted.search:
        words = searches.c.words.contains(wanted.search.casefold(), autoescape=True)
        query = query.join(searches, searches.c.run == runs.c.id).where(words)
    if wanted.before is not None:
        created, run = wanted.before
        query = query.where(or_(runs.c.created < created, and_(runs.c.created == created, runs.c.id < run)))
    limit = max(1, wanted.limit)
    rows = conn.execute(query.order_by(runs.c.created.desc(), runs.c.id.desc()).limit(limit + 1)).all()
    shown = rows[:limit]
    return RunPage(
        summaries=tuple(summary for _, _, summary in shown),
        next=f"{shown[-1][0]}-{shown[-1][1]}" if len(rows) > limit else None,
        position=head(conn),
    )
