"""What model calls used, by day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Query
from pydantic import BaseModel

from botarmy.api.parts import CurrentUser, PartsOf
from botarmy.domain.times import moment
from botarmy.ports import UsageRow

router: Final = APIRouter(tags=["usage"])
ROWS: Final = 10_000


class Total(BaseModel):
    calls: int
    unpriced_calls: int
    input_tokens: int
    output_tokens: int
    cost_usd: float


class Row(Total):
    day: str
    agent_name: str
    model: str


class DayTotal(Total):
    day: str


class Usage(BaseModel):
    today: str
    """The server's day, by UTC."""
    total: Total
    days: tuple[DayTotal, ...]
    """Those on which something was used, newest first."""
    usage: tuple[Row, ...]
    """By day, agent and model, newest day first."""
    complete: bool
    """False where there was more than fits: what is missing is of the oldest days."""


@router.get("/api/usage")
async def read_usage(parts: PartsOf, user: CurrentUser, days: Annotated[int, Query(ge=1, le=366)] = 30) -> Usage:
    """Tokens and cost of the last `days` days, today included."""
    now = moment(parts.service.now())
    since = (now - timedelta(days=days - 1)).date().isoformat()
    found = await parts.store.usage(since, owner=None if user.sees_all else user.name, limit=ROWS + 1)
    rows = found[:ROWS]
    return Usage(
        today=now.date().isoformat(),
        total=Total(**_sums(rows)),
        days=tuple(DayTotal(day=day, **_sums([r for r in rows if r.day == day])) for day in _days(rows)),
        usage=tuple(Row(day=row.day, agent_name=row.agent_name, model=row.model, **_sums([row])) for row in rows),
        complete=len(found) <= ROWS,
    )


def _days(rows: Sequence[UsageRow]) -> Sequence[str]:
    return tuple(dict.fromkeys(row.day for row in rows))


def _sums(rows: Sequence[UsageRow]) -> dict[str, float]:
    return {
        "calls": sum(row.calls for row in rows),
        "unpriced_calls": sum(row.unpriced_calls for row in rows),
        "input_tokens": sum(row.input_tokens for row in rows),
        "output_tokens": sum(row.output_tokens for row in rows),
        "cost_usd": round(sum(row.cost_usd for row in rows), 9),
    }
