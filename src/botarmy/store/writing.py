"""Loads what a batch must know, and writes what it made, inside a transaction that the caller has begun."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any, Final, TypeVar

from pydantic import TypeAdapter
from sqlalchemy import (
    Connection,
    Insert,
    Text,
    Update,
    bindparam,
    cast,
    column,
    delete,
    exists,
    func,
    insert,
    literal,
    literal_column,
    or_,
    select,
    tuple_,
    update,
)

from botarmy.domain.commands import Enqueue, JobChange, Requeue, Settle
from botarmy.domain.times import milliseconds
from botarmy.domain.views import RunSummary
from botarmy.ports import StoredFold, StoredReply
from botarmy.store import asking, boards, measures, retention
from botarmy.store.batch import EventRow, Head, Held, Known, Prepared, Purge, ReplyKey, Rows, required_tokens
from botarmy.store.dialects import json_items, now_ms
from botarmy.store.spending import keep_spending
from botarmy.store.tables import (
    MEASURED,
    asked,
    blobs,
    compacted,
    events,
    faults,
    folds,
    jobs,
    replies,
    run_blobs,
    runs,
    searches,
)

REPLY_DAYS: Final = 7
_DAY_MS: Final = 86_400_000
_AT_ONCE: Final = 500
"""Names or rows in one statement: well under the bounds that databases have."""
_SUMMARY: Final = TypeAdapter(RunSummary)
T = TypeVar("T")


# --- Before: what checks need -----------------------------------------------------------------------------------

_ENDS: Final = select(
    select(func.coalesce(func.max(events.c.position), 0)).scalar_subquery(),
    select(func.coalesce(func.max(runs.c.id), 0)).scalar_subquery(),
)
_NEWEST: Final = (
    select(func.max(events.c.version)).where(events.c.run == runs.c.id, events.c.version.is_not(None)).scalar_subquery()
)
_HEADS: Final = select(runs.c.run_id, runs.c.id, func.coalesce(_NEWEST, 0)).where(
    runs.c.run_id.in_(bindparam("names", expanding=True))
)
_CLAIMED: Final = (
    select(jobs.c.job_id, runs.c.run_id, jobs.c.token)
    .join(runs, runs.c.id == jobs.c.run)
    .where(jobs.c.job_id.in_(bindparam("names", expanding=True)), jobs.c.status == "claimed")
)
_ANSWERED: Final = select(replies.c.user, replies.c.command_id).where(
    tuple_(replies.c.user, replies.c.command_id).in_(bindparam("names", expanding=True))
)


def read_ends(conn: Connection) -> tuple[int, int]:
    """The last position, and the last number of a run."""
    position, run = conn.execute(_ENDS).one()
    return position, run


def load_ends(conn: Connection, known: Known) -> None:
    known.position, known.last_run = read_ends(conn)


def load(conn: Connection, known: Known, batch: Iterable[Prepared]) -> None:
    """Add what `known` lacks for these commits."""
    run_ids: set[str] = set()
    job_ids: set[str] = set()
    keys: set[ReplyKey] = set()
    for prepared in batch:
        commit = prepared.commit
        if commit.run_id is not None and commit.run_id not in known.heads:
            run_ids.add(commit.run_id)
        job_ids.update(job_id for job_id, _ in required_tokens(commit))
        if commit.reply:
            keys.add((commit.reply.user, commit.reply.command_id))
    known.claimed.clear()
    known.replies.clear()
    for names in _portions(run_ids):
        for run_id, run, version in conn.execute(_HEADS, {"names": names}):
            known.heads[run_id] = Head(run, version)
    for names in _portions(job_ids):
        for job_id, run_id, token in conn.execute(_CLAIMED, {"names": names}):
            known.claimed[job_id] = Held(run_id, token)
    for pairs in _portions(keys):
        known.replies.update((user, name) for user, name in conn.execute(_ANSWERED, {"names": pairs}))


def _portions(things: Iterable[T]) -> Iterator[list[T]]:
    ordered = list(things)
    return (ordered[at : at + _AT_ONCE] for at in range(0, len(ordered), _AT_ONCE))


# --- After: the rows --------------------------------------------------------------------------------------------


def write(conn: Connection, rows: Rows) -> None:
    if rows.runs:
        conn.execute(insert(runs), [{"id": run, "run_id": run_id} for run, run_id in rows.runs])
    append(conn, rows.events)
    for run, (summary, search) in rows.listed.items():
        _list(conn, run, summary, search)
    keep_spending(conn, rows.spent)
    measures.write(conn, rows.measured)
    _change_jobs(conn, rows.jobs)
    boards.write(conn, rows.board)
    asking.write(conn, rows.asked)
    for run, sha256, content in rows.blobs:
        _keep_blob(conn, run, sha256, content)
    for run, hashes in rows.links:
        _link_blobs(conn, run, hashes)
    _keep_replies(conn, rows.replies)
    if rows.purge:
        _purge(conn, rows.purge)


_ARRAY: Final = json_items(bindparam("rows", type_=Text)).table_valued(column("value", Text))
_APPEND: Final = insert(events).from_select(
    EventRow._fields,
    select(*(cast(_ARRAY.c.value.op("->>")(at), events.c[name].type) for at, name in enumerate(EventRow._fields))),
)


def append(conn: Connection, rows: Sequence[EventRow]) -> None:
    """The hot path: one statement for many rows.

    The driver lets other threads run at each statement, and waits up to 5 ms to go on while the event loop is
    busy. So the rows go in as one JSON array, rather than one by one.
    """
    for some in _portions(rows):
        conn.execute(_APPEND, {"rows": json.dumps(some, ensure_ascii=False)})


_LISTED: Final = (
    update(runs)
    .where(runs.c.id == bindparam("run"), runs.c.deleted.is_(False))
    .values(owner=bindparam("by"), status=bindparam("now"), created=bindparam("at"), summary=bindparam("json"))
)


def _list(conn: Connection, run: int, summary: RunSummary, search: str | None) -> None:
    conn.execute(
        _LISTED,
        {
            "run": run,
            "by": summary.owner,
            "now": summary.status,
            "at": milliseconds(summary.created_at),
            "json": _SUMMARY.dump_json(summary).decode(),
        },
    )
    if search is not None:
        conn.execute(delete(searches).where(searches.c.run == run))
        conn.execute(insert(searches), {"run": run, "words": search.casefold()})


_OWNER: Final = select(runs.c.owner).where(runs.c.id == bindparam("of_run")).scalar_subquery()
_ENQUEUE: Final = insert(jobs).values(status="queued", queued_at=now_ms(), owner=_OWNER)
_OPEN: Final = or_(jobs.c.status == "queued", jobs.c.status == "claimed")
_SETTLE: Final = (
    update(jobs)
    .where(jobs.c.job_id == bindparam("job"), _OPEN)
    .values(status=bindparam("to"), ended_at=now_ms(), lease_until=None)
)
_REQUEUE: Final = (
    update(jobs)
    .where(jobs.c.job_id == bindparam("job"), _OPEN)
    .values(status="queued", available_at=bindparam("due"), worker_id=None, lease_until=None, claimed_at=None)
)
_STATEMENTS: Final[dict[type[Any], Insert | Update]] = {
    Enqueue: _ENQUEUE,
    Settle: _SETTLE,
    Requeue: _REQUEUE,
}


def _change_jobs(conn: Connection, changes: Sequence[tuple[int, JobChange]]) -> None:
    """In order; neighbours of a kind go to the database together."""
    for kind, some in groupby(changes, lambda change: type(change[1])):
        conn.execute(_STATEMENTS[kind], [_job_values(run, change) for run, change in some])


def _job_values(run: int, change: JobChange) -> dict[str, str | int]:
    if isinstance(change, Settle):
        return {"job": change.job_id, "to": change.status}
    if isinstance(change, Requeue):
        return {"job": change.job_id, "due": milliseconds(change.available_at)}
    return {
        "job_id": change.job_id,
        "run": run,
        "of_run": run,
        "step": change.step,
        "phase": change.phase,
        "attempt": change.attempt,
        "agent_name": change.agent_name,
        "requires": json.dumps(sorted(set(change.requires))),
        "priority": change.priority,
        "available_at": milliseconds(change.available_at),
    }


def _keep_blob(conn: Connection, run: int, sha256: str, content: bytes) -> None:
    if not conn.execute(select(exists().where(blobs.c.sha256 == sha256))).scalar_one():
        conn.execute(insert(blobs), {"sha256": sha256, "content": content})
    linked = exists().where(run_blobs.c.run == run, run_blobs.c.sha256 == sha256)
    if not conn.execute(select(linked)).scalar_one():
        conn.execute(insert(run_blobs), {"run": run, "sha256": sha256})


def _link_blobs(conn: Connection, run: int, hashes: Iterable[str]) -> None:
    for some in _portions(sorted(hashes)):
        linked = exists().where(run_blobs.c.run == run, run_blobs.c.sha256 == blobs.c.sha256)
        found = select(literal(run), blobs.c.sha256).where(blobs.c.sha256.in_(some), ~linked)
        conn.execute(insert(run_blobs).from_select(["run", "sha256"], found))


_REPLY: Final = insert(replies).values(created=now_ms())
_OLD_REPLIES: Final = delete(replies).where(replies.c.created < now_ms() - literal_column(str(REPLY_DAYS * _DAY_MS)))


def _keep_replies(conn: Connection, some: Sequence[StoredReply]) -> None:
    if some:
        conn.execute(_OLD_REPLIES)
        conn.execute(
            _REPLY,
            [
                {
                    "user": reply.user,
                    "command_id": reply.command_id,
                    "arguments": reply.arguments,
                    "result": reply.result,
                    "position": reply.position,
                }
                for reply in some
            ],
        )


def _purge(conn: Connection, purge: Purge) -> None:
    """What the run held goes, but for its tombstone and for blobs that other runs hold too."""
    run, before, aged = purge
    own = select(run_blobs.c.sha256).where(run_blobs.c.run == run)
    others = exists().where(run_blobs.c.sha256 == blobs.c.sha256, run_blobs.c.run != run)
    conn.execute(delete(blobs).where(blobs.c.sha256.in_(own), ~others))
    old = (events.c.run == run, events.c.position < before)
    if aged:
        retention.remember(conn, conn.execute(select(func.max(events.c.position)).where(*old)).scalar())
    conn.execute(delete(events).where(*old))
    for table in (run_blobs, jobs, faults, folds, searches, compacted, asked, *MEASURED):
        conn.execute(delete(table).where(table.c.run == run))
    conn.execute(update(runs).where(runs.c.id == run).values(deleted=True, status="deleted", summary=None))


def keep_fold(conn: Connection, run_id: str, fold: StoredFold) -> None:
    """Instead of an older one; not for a run that is deleted meanwhile, whose content it would bring back."""
    run = conn.execute(select(runs.c.id).where(runs.c.run_id == run_id, runs.c.deleted.is_(False))).scalar()
    newer = exists().where(folds.c.run == run, folds.c.position > fold.position)
    if run is None or conn.execute(select(newer)).scalar_one():
        return
    conn.execute(delete(folds).where(folds.c.run == run))
    conn.execute(
        insert(folds),
        {"run": run, "position": fold.position, "fold_version": fold.fold_version, "body": fold.body},
    )
