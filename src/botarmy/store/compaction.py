"""Deltas of finished messages go: where they are, that they go together, and what is remembered of them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Final

from sqlalchemy import Connection, bindparam, delete, func, insert, select

from botarmy.domain.events import AgentResponse
from botarmy.ports import LogEntry, Written
from botarmy.store.tables import compacted, events, runs

_AT_ONCE: Final = 500
"""Rows named in one statement: well under the bounds that databases have."""
_RESPONSES: Final = (
    select(events.c.position, events.c.version, runs.c.run_id, events.c.type, events.c.body, events.c.run)
    .join(runs, runs.c.id == events.c.run)
    .where(
        events.c.position > bindparam("after"),
        events.c.position <= bindparam("to"),
        events.c.type == AgentResponse.TYPE,
    )
    .order_by(events.c.position)
)
_DELTAS: Final = (
    select(events.c.position)
    .where(
        events.c.run == bindparam("of_run"),
        events.c.position < bindparam("response"),
        events.c.message_id == bindparam("message"),
    )
    .order_by(events.c.position)
)
_GONE: Final = delete(events).where(
    events.c.position.in_(bindparam("positions", expanding=True)), events.c.message_id.is_not(None)
)
_KEPT: Final = (
    select(events.c.position.label("response"), events.c.run)
    .join(runs, runs.c.id == events.c.run)
    .where(events.c.position.in_(bindparam("positions", expanding=True)), runs.c.deleted.is_(False))
)


def compacted_up_to(conn: Connection) -> int:
    position: int = conn.execute(select(func.coalesce(func.max(compacted.c.response), 0))).scalar_one()
    return position


def written(conn: Connection, after: int, to: int) -> list[Written]:
    found = []
    for position, version, run_id, type_, body, run in conn.execute(_RESPONSES, {"after": after, "to": to}).all():
        entry = LogEntry(position=position, version=version, run_id=run_id, type=type_, body=body)
        metadata = entry.event().metadata
        if isinstance(metadata, AgentResponse):
            where = {"of_run": run, "response": position, "message": metadata.message_id}
            found.append(Written(response=entry, deltas=tuple(conn.execute(_DELTAS, where).scalars())))
    return found


def compact(conn: Connection, messages: Sequence[Written]) -> None:
    """Those of runs that are deleted meanwhile leave nothing behind."""
    begun = {message.response.position: message.deltas[0] for message in messages if message.deltas}
    for some in _portions(list(chain.from_iterable(message.deltas for message in messages))):
        conn.execute(_GONE, {"positions": some})
    for some in _portions(list(begun)):
        kept = conn.execute(_KEPT, {"positions": some}).mappings().all()
        if kept:
            conn.execute(insert(compacted), [{**row, "begun": begun[row["response"]]} for row in kept])


def in_the_writing(conn: Connection, run_id: str, position: int) -> list[LogEntry]:
    query = (
        select(events.c.position, events.c.version, runs.c.run_id, events.c.type, events.c.body)
        .select_from(compacted)
        .join(events, events.c.position == compacted.c.response)
        .join(runs, runs.c.id == compacted.c.run)
        .where(runs.c.run_id == run_id, compacted.c.begun <= position, compacted.c.response > position)
        .order_by(compacted.c.begun)
    )
    return [LogEntry(**row) for row in conn.execute(query).mappings()]


def _portions(positions: Sequence[int]) -> list[Sequence[int]]:
    return [positions[at : at + _AT_ONCE] for at in range(0, len(positions), _AT_ONCE)]
