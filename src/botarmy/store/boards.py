"""The lists of jobs and of workers: folded in the transaction of the events, so that they are of the log's position."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Final, TypeVar

from pydantic import TypeAdapter
from sqlalchemy import (
    Connection,
    Select,
    Text,
    bindparam,
    delete,
    exists,
    insert,
    literal_column,
    or_,
    select,
    update,
)

from botarmy.domain.boards import ENDED_LISTED, OPEN_LISTED, WORKER_LEFT, evolve_job, evolve_worker
from botarmy.domain.events import JobStatus, NewEvent, WorkerStatus
from botarmy.domain.times import Timestamp, timestamp
from botarmy.domain.views import JobView, WorkerView
from botarmy.ports import BoardKind, Boards, WorkerRow
from botarmy.store.dialects import now_ms
from botarmy.store.reading import RunQuery, head, run_page
from botarmy.store.tables import faults, jobs, workers

_JOB: Final = TypeAdapter(JobView)
_WORKER: Final = TypeAdapter(WorkerView)
_AT_ONCE: Final = 500
SEEN_EVERY_MS: Final = 5_000
View = TypeVar("View")

# --- Writing ----------------------------------------------------------------------------------------------------

_JOB_VIEWS: Final = select(jobs.c.job_id, jobs.c.view).where(jobs.c.job_id.in_(bindparam("names", expanding=True)))
_WORKER_VIEWS: Final = select(workers.c.worker_id, workers.c.view).where(
    workers.c.worker_id.in_(bindparam("names", expanding=True))
)
_KEEP_JOB: Final = (
    update(jobs)
    .where(jobs.c.job_id == bindparam("name"))
    .values(view=bindparam("json"), finished=bindparam("at"), state=bindparam("now"))
)
_KEEP_FAULT: Final = insert(faults).from_select(
    ["job", "run", "code", "words"],
    select(jobs.c.id, jobs.c.run, bindparam("why", type_=Text), bindparam("text", type_=Text)).where(
        jobs.c.job_id == bindparam("name"), ~exists().where(faults.c.job == jobs.c.id)
    ),
)
_KEEP_WORKER: Final = (
    update(workers)
    .where(workers.c.worker_id == bindparam("name"))
    .values(view=bindparam("json"), has_left=bindparam("left"), seen=now_ms())
)
_NEWEST_LEFT: Final = (
    select(workers.c.worker_id)
    .where(workers.c.has_left.is_(True))
    .order_by(workers.c.registered_at.desc(), workers.c.worker_id.desc())
    .limit(ENDED_LISTED)
)
_FORGET: Final = delete(workers).where(workers.c.has_left.is_(True), workers.c.worker_id.not_in(_NEWEST_LEFT))


def write(conn: Connection, events: Sequence[NewEvent]) -> None:
    """What these events make of the views. Their jobs' rows are there already, or were never."""
    for at in range(0, len(events), _AT_ONCE):
        _write_jobs(conn, events[at : at + _AT_ONCE])
        _write_workers(conn, events[at : at + _AT_ONCE])


def _write_jobs(conn: Connection, events: Sequence[NewEvent]) -> None:
    names = {event.metadata.job_id for event in events if isinstance(event.metadata, JobStatus)}
    if not names:
        return
    held = _held(conn, _JOB_VIEWS, names, _JOB)
    for event in events:
        if isinstance(event.metadata, JobStatus) and event.metadata.job_id in held:
            held[event.metadata.job_id] = evolve_job(held[event.metadata.job_id], event)
    rows = [
        {"name": name, "json": _JOB.dump_json(view).decode(), "at": view.ended_at, "now": view.status}
        for name, view in held.items()
        if view is not None
    ]
    if rows:
        conn.execute(_KEEP_JOB, rows)
    if failed := [
        {"name": name, "why": view.error.code, "text": f"{view.error.code}\n{view.error.message}".casefold()}
        for name, view in held.items()
        if view is not None and view.error is not None
    ]:
        conn.execute(_KEEP_FAULT, failed)


def _write_workers(conn: Connection, events: Sequence[NewEvent]) -> None:
    names = {
        event.metadata.worker_id
        for event in events
        if isinstance(event.metadata, JobStatus | WorkerStatus) and event.metadata.worker_id is not None
    }
    if not names:
        return
    before = _held(conn, _WORKER_VIEWS, names, _WORKER)
    held = dict(before)
    for event in events:
        if isinstance(event.metadata, JobStatus | WorkerStatus) and event.metadata.worker_id is not None:
            name = event.metadata.worker_id
            held[name] = evolve_worker(held.get(name), event)
    after = {name: view for name, view in held.items() if view is not None}
    if new := [_worker_row(view) | {"since": view.registered_at} for name, view in after.items() if name not in before]:
        conn.execute(_NEW_WORKER, new)
        conn.execute(_FORGET)
    if known := [_worker_row(view) for name, view in after.items() if name in before]:
        conn.execute(_KEEP_WORKER, known)


_NEW_WORKER: Final = insert(workers).values(
    worker_id=bindparam("name"),
    registered_at=bindparam("since"),
    has_left=bindparam("left"),
    view=bindparam("json"),
    seen=now_ms(),
)


_SAW: Final = (
    update(workers)
    .where(
        workers.c.worker_id.in_(bindparam("names", expanding=True)),
        or_(workers.c.seen.is_(None), workers.c.seen < now_ms() - literal_column(str(SEEN_EVERY_MS))),
    )
    .values(seen=now_ms())
)


def _worker_row(view: WorkerView) -> dict[str, object]:
    return {
        "name": view.worker_id,
        "json": _WORKER.dump_json(view).decode(),
        "left": view.status in WORKER_LEFT,
    }


def _held(
    conn: Connection, query: Select[str, str | None], names: Iterable[str], adapter: TypeAdapter[View]
) -> dict[str, View | None]:
    found = conn.execute(query, {"names": sorted(names)})
    return {row[0]: None if row[1] is None else adapter.validate_json(row[1]) for row in found}


def saw(conn: Connection, worker_ids: Iterable[str]) -> None:
    """These workers are alive. Written down every few seconds at most: each write waits for the disk."""
    if names := sorted(worker_ids):
        conn.execute(_SAW, {"names": names})


# --- Reading ----------------------------------------------------------------------------------------------------


def read(conn: Connection, kinds: frozenset[BoardKind], owner: str | None, limit: int) -> Boards:
    lists: dict[BoardKind, tuple[str, ...]] = {}
    if "runs" in kinds:
        query = RunQuery(owner=owner, limit=limit, before=None, status=None, search=None)
        lists["runs"] = run_page(conn, query).summaries
    if "jobs" in kinds:
        lists["jobs"] = _job_board(conn, owner)
    if "workers" in kinds:
        lists["workers"] = tuple(row.view for row in worker_rows(conn))
    return Boards(lists=lists, position=head(conn))


def _job_board(conn: Connection, owner: str | None) -> tuple[str, ...]:
    shown = select(jobs.c.job_id, jobs.c.view).where(jobs.c.view.is_not(None))
    if owner is not None:
        shown = shown.where(jobs.c.owner == owner)
    ended = shown.where(jobs.c.finished.is_not(None)).order_by(jobs.c.finished.desc(), jobs.c.job_id.desc())
    still_open = shown.where(jobs.c.finished.is_(None)).order_by(jobs.c.job_id.desc())
    rows = [*conn.execute(still_open.limit(OPEN_LISTED)), *conn.execute(ended.limit(ENDED_LISTED))]
    return tuple(view for _, view in sorted(map(tuple, rows), reverse=True))


def worker_rows(conn: Connection) -> list[WorkerRow]:
    columns = select(workers.c.registered_at, workers.c.worker_id, workers.c.view, workers.c.seen)
    newest = columns.order_by(workers.c.registered_at.desc(), workers.c.worker_id.desc())
    rows = [
        *conn.execute(newest.where(workers.c.has_left.is_(False)).limit(OPEN_LISTED)),
        *conn.execute(newest.where(workers.c.has_left.is_(True)).limit(ENDED_LISTED)),
    ]
    return [WorkerRow(view=view, seen_ms=seen) for _, _, view, seen in sorted(map(tuple, rows))]


_SEEN: Final = (
    select(workers.c.worker_id, workers.c.seen)
    .where(workers.c.has_left.is_(False), workers.c.seen.is_not(None))
    .order_by(workers.c.registered_at.desc(), workers.c.worker_id.desc())
    .limit(OPEN_LISTED)
)


def workers_seen(conn: Connection) -> dict[str, Timestamp]:
    return {name: timestamp(datetime.fromtimestamp(at / 1000, UTC)) for name, at in conn.execute(_SEEN)}
