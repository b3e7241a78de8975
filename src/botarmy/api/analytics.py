"""What became of runs over some days: figures as JSON, and each table of them as CSV."""

from __future__ import annotations

from dataclasses import fields
from typing import Annotated, Any, Final, Literal, TypeAlias

from fastapi import APIRouter, Depends, Query
from pydantic import TypeAdapter
from starlette.responses import Response

from botarmy.api.csvtext import MEDIA_TYPE, csv_text
from botarmy.api.parts import CurrentUser, PartsOf
from botarmy.ports import AgentFigures, DayFigures, LongWait, ModelFigures, TeamFigures, WaitFigures
from botarmy.service.analytics import DAYS_MOST, Analytics, FailureCause, Period, analytics

router: Final = APIRouter(prefix="/api", tags=["usage"])

TableName: TypeAlias = Literal["days", "teams", "agents", "models", "kinds", "longest", "failures"]
_ANALYTICS: Final = TypeAdapter(Analytics)
_TABLES: Final[dict[TableName, tuple[type[Any], str]]] = {
    "days": (DayFigures, "day"),
    "teams": (TeamFigures, "team"),
    "agents": (AgentFigures, "agent_name"),
    "models": (ModelFigures, "model"),
    "kinds": (WaitFigures, "kind"),
    "longest": (LongWait, "run_id"),
    "failures": (FailureCause, "code"),
}
"""What a row of each is, and the field that names it, which comes first."""
OTHERS: Final = "others"


async def _asked(
    parts: PartsOf,
    user: CurrentUser,
    days: Annotated[int | None, Query(ge=1, le=DAYS_MOST)] = None,
    since: Annotated[str | None, Query(alias="from", max_length=20)] = None,
    until: Annotated[str | None, Query(alias="to", max_length=20)] = None,
    tz: Annotated[str, Query(max_length=64)] = "UTC",
    team: Annotated[str | None, Query(max_length=100)] = None,
    owner: Annotated[str | None, Query(max_length=100)] = None,
) -> Analytics:
    period = Period(days=days, since=since, until=until, tz=tz)
    return await analytics(parts.store, user, parts.service.now(), period, team=team, owner=owner)


Asked = Annotated[Analytics, Depends(_asked)]


@router.get("/analytics", response_model=Analytics)
async def read_analytics(found: Asked) -> Response:
    return Response(_ANALYTICS.dump_json(found), media_type="application/json")


@router.get("/analytics.csv", response_class=Response)
async def read_analytics_table(found: Asked, table: TableName) -> Response:
    """One of the tables, with a line for its names; what is summed up of others is in a row named so."""
    kind, first = _TABLES[table]
    names = [first, *(field.name for field in fields(kind) if field.name != first)]
    rows = [[_cell(getattr(row, name), name == first) for name in names] for row in getattr(found, table)]
    headers = {"content-disposition": f'attachment; filename="botarmy-{table}-{found.since}-{found.until}.csv"'}
    return Response(csv_text(names, rows), media_type=MEDIA_TYPE, headers=headers)


def _cell(value: object, is_name: bool) -> object:
    return OTHERS if value is None and is_name else value
