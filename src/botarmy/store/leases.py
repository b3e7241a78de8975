"""Who works on what: jobs are claimed, held and given up by the database's clock."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

from sqlalchemy import Connection, RowMapping, Select, bindparam, func, select, update

from botarmy.ports import ClaimedJob, Claims
from botarmy.store import boards
from botarmy.store.dialects import now_ms
from botarmy.store.tables import jobs, runs

_GOES_ON: Final = ("running", "waiting")
"""A run that waits for a person in one step may go on in another."""
_QUEUED: Final = (
    jobs.c.status == "queued",
    jobs.c.requires.in_(bindparam("covered", expanding=True)),
    runs.c.status.in_(_GOES_ON),
)
_WANTED: Final = select(jobs.c.requires).where(jobs.c.status == "queued").distinct()
_NEXT: Final = (
    select(jobs.c.id)
    .join(runs, runs.c.id == jobs.c.run)
    .where(*_QUEUED, jobs.c.available_at <= now_ms())
    .order_by(jobs.c.priority.desc(), jobs.c.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True, of=jobs)
)
_CLAIM: Final = (
    update(jobs)
    .where(jobs.c.id.in_(bindparam("chosen", expanding=True)))
    .values(
        status="claimed",
        token=jobs.c.token + 1,
        worker_id=bindparam("by"),
        claimed_at=now_ms(),
        lease_until=now_ms() + bindparam("lease_ms"),
    )
)
_JOBS: Final = select(
    jobs.c.job_id,
    runs.c.run_id,
    jobs.c.step,
    jobs.c.phase,
    jobs.c.attempt,
    jobs.c.token,
).join(runs, runs.c.id == jobs.c.run)
_CHOSEN: Final = _JOBS.where(jobs.c.id.in_(bindparam("chosen", expanding=True))).order_by(
    jobs.c.priority.desc(), jobs.c.id
)
_NEXT_IN: Final = select(func.min(jobs.c.available_at) - now_ms()).join(runs, runs.c.id == jobs.c.run).where(*_QUEUED)
_HOLDERS: Final = select(jobs.c.job_id, jobs.c.token, jobs.c.worker_id).where(
    jobs.c.status == "claimed", jobs.c.job_id.in_(bindparam("names", expanding=True))
)
_RENEW: Final = (
    update(jobs)
    .where(jobs.c.job_id.in_(bindparam("names", expanding=True)))
    .values(lease_until=now_ms() + bindparam("lease_ms"))
)
_ALL_CLAIMED: Final = _JOBS.where(jobs.c.status == "claimed").order_by(jobs.c.id)
_EXPIRED: Final = (
    _JOBS.where(jobs.c.status == "claimed", jobs.c.lease_until <= now_ms())
    .order_by(jobs.c.lease_until, jobs.c.id)
    .limit(bindparam("most"))
)


def claim(conn: Connection, worker_id: str, capabilities: frozenset[str], limit: int, lease_seconds: float) -> Claims:
    boards.saw(conn, [worker_id])
    wanted = conn.execute(_WANTED).scalars()
    covered = [requires for requires in wanted if capabilities.issuperset(json.loads(requires))]
    if not covered:
        return Claims(jobs=(), next_in=None)
    chosen = conn.execute(_NEXT, {"covered": covered, "most": max(0, limit)}).scalars().all()
    claimed: tuple[ClaimedJob, ...] = ()
    if chosen:
        lease_ms = round(lease_seconds * 1000)
        conn.execute(_CLAIM, {"chosen": chosen, "by": worker_id, "lease_ms": lease_ms})
        claimed = _jobs(conn, _CHOSEN, {"chosen": chosen})
    wait_ms = conn.execute(_NEXT_IN, {"covered": covered}).scalar()
    return Claims(jobs=claimed, next_in=None if wait_ms is None else max(0, wait_ms) / 1000)


def renew(conn: Connection, leases: Mapping[str, int], lease_seconds: float) -> frozenset[str]:
    holders = conn.execute(_HOLDERS, {"names": list(leases)}).all()
    held = [job_id for job_id, token, _ in holders if leases[job_id] == token]
    boards.saw(conn, {worker for job_id, token, worker in holders if leases[job_id] == token and worker is not None})
    conn.execute(_RENEW, {"names": held, "lease_ms": round(lease_seconds * 1000)})
    return frozenset(leases).difference(held)


def expired(conn: Connection, limit: int) -> list[ClaimedJob]:
    return list(_jobs(conn, _EXPIRED, {"most": max(0, limit)}))


def claimed(conn: Connection) -> list[ClaimedJob]:
    return list(_jobs(conn, _ALL_CLAIMED, {}))


def _jobs(
    conn: Connection, query: Select[tuple[str, str, str, str, int, int]], values: Mapping[str, object]
) -> tuple[ClaimedJob, ...]:
    rows: list[RowMapping] = list(conn.execute(query, values).mappings())
    return tuple(ClaimedJob(**row) for row in rows)


def open_jobs(conn: Connection) -> dict[str, int]:
    """How many jobs are queued and claimed."""
    still_open = jobs.c.status.in_(("queued", "claimed"))
    counted = conn.execute(select(jobs.c.status, func.count()).where(still_open).group_by(jobs.c.status))
    return {"queued": 0, "claimed": 0} | {row[0]: row[1] for row in counted}
