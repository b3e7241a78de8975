"""Runs that are over age: which they are, and how far back the log has gaps since they went."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, delete, insert, select

from botarmy.domain.times import Timestamp, milliseconds
from botarmy.store.dialects import json_field
from botarmy.store.tables import meta, runs

_KEY: Final = "purged_up_to"
_ENDED: Final = ("completed", "failed", "cancelled")


def purged_up_to(conn: Connection) -> int:
    return int(conn.execute(select(meta.c.value).where(meta.c.key == _KEY)).scalar() or 0)


def remember(conn: Connection, position: int | None) -> None:
    """The last position of what is purged now."""
    if position is not None and position > purged_up_to(conn):
        conn.execute(delete(meta).where(meta.c.key == _KEY))
        conn.execute(insert(meta), {"key": _KEY, "value": str(position)})


def ended_before(conn: Connection, at: Timestamp, limit: int) -> list[str]:
    """A run is not younger than its creation, which has an index; when it ended is in its summary."""
    changed = json_field(runs.c.summary, "updated_at")
    query = (
        select(runs.c.run_id)
        .where(
            runs.c.deleted.is_(False),
            runs.c.created < milliseconds(at),
            runs.c.status.in_(_ENDED),
            changed < at,
        )
        .order_by(runs.c.created)
        .limit(max(0, limit))
    )
    return list(conn.execute(query).scalars())
