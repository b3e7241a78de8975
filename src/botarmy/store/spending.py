"""What model calls used, by day, owner, agent and model: written with the events that tell of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import BigInteger, Connection, cast, func, insert, select, update

from botarmy.domain.events import AgentResponse
from botarmy.ports import UsageRow
from botarmy.store.batch import Spent
from botarmy.store.tables import runs, spending

NANO: Final = 1_000_000_000
_KEY: Final = (spending.c.day, spending.c.owner, spending.c.agent_name, spending.c.model)
_SUMS: Final = (
    spending.c.calls,
    spending.c.unpriced_calls,
    spending.c.input_tokens,
    spending.c.output_tokens,
    spending.c.cost_nano_usd,
)


def keep_spending(conn: Connection, calls: Sequence[Spent]) -> None:
    for call in calls:
        owner = conn.execute(select(runs.c.owner).where(runs.c.id == call.run)).scalar()
        _add(conn, *_row(call, owner or ""))


def _row(call: Spent, owner: str) -> tuple[dict[str, str], dict[str, int]]:
    """The key of the row that the call belongs to, and what it adds."""
    event, m = call.event, call.event.metadata
    assert isinstance(m, AgentResponse)  # noqa: S101 - the batch takes no others
    assert m.usage is not None  # noqa: S101 - the same
    key = {"day": event.timestamp[:10], "owner": owner, "agent_name": event.agent_name or "", "model": m.model or ""}
    cost = m.usage.cost_usd
    return key, {
        "calls": 1,
        "unpriced_calls": int(cost is None),
        "input_tokens": m.usage.input_tokens,
        "output_tokens": m.usage.output_tokens,
        "cost_nano_usd": round((cost or 0) * NANO),
    }


def _add(conn: Connection, key: dict[str, str], added: dict[str, int]) -> None:
    """The writer is alone: nobody inserts the same row between the two statements."""
    here = [column == key[column.name] for column in _KEY]
    more: dict[Any, Any] = {column: column + added[column.name] for column in _SUMS}
    if conn.execute(update(spending).where(*here).values(more)).rowcount == 0:
        conn.execute(insert(spending), {**key, **added})


def usage(conn: Connection, since: str, owner: str | None, limit: int) -> list[UsageRow]:
    keys = (spending.c.day, spending.c.agent_name, spending.c.model)
    query = select(*keys, *(cast(func.sum(column), BigInteger) for column in _SUMS)).where(spending.c.day >= since)
    if owner is not None:
        query = query.where(spending.c.owner == owner)
    query = query.group_by(*keys).order_by(spending.c.day.desc(), spending.c.agent_name, spending.c.model)
    return [
        UsageRow(
            day=day,
            agent_name=agent_name,
            model=model,
            calls=calls,
            unpriced_calls=unpriced,
            input_tokens=input_tokens,
            output_tokens=output_tokens,
            cost_usd=nano / NANO,
        )
        for day, agent_name, model, calls, unpriced, input_tokens, output_tokens, nano in conn.execute(
            query.limit(limit)
        )
    ]


def spent(conn: Connection, day: str) -> float:
    total = cast(func.coalesce(func.sum(spending.c.cost_nano_usd), 0), BigInteger)
    return float(conn.execute(select(total).where(spending.c.day == day)).scalar_one() / NANO)
