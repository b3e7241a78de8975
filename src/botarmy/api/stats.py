"""What the server is doing now: its figures, connections, workers and jobs."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query
from starlette.responses import JSONResponse, Response

from botarmy.api.identity import admins_only
from botarmy.api.parts import CurrentUser, PartsOf
from botarmy.api.runs import Limit
from botarmy.domain.times import timestamp

router: Final = APIRouter(tags=["server"])


@router.get("/api/stats", dependencies=[admins_only])
async def read_stats(parts: PartsOf) -> Response:
    return Response(await parts.figures.stats(), media_type="application/json")


@router.get("/api/connections", dependencies=[admins_only])
async def list_connections(parts: PartsOf) -> Response:
    return Response(await parts.figures.connections(), media_type="application/json")


@router.get("/api/workers", dependencies=[admins_only])
async def list_workers(parts: PartsOf) -> JSONResponse:
    rows = await parts.store.workers()
    return JSONResponse({"workers": [_seen(json.loads(row.view), row.seen_ms) for row in rows]})


@router.get("/api/jobs")
async def list_jobs(
    parts: PartsOf,
    user: CurrentUser,
    status: Annotated[str | None, Query(max_length=20)] = None,
    run_id: Annotated[str | None, Query(max_length=100)] = None,
    agent: Annotated[str | None, Query(max_length=100)] = None,
    q: Annotated[str | None, Query(max_length=200)] = None,
    before: Annotated[str | None, Query(max_length=200)] = None,
    limit: Limit = 50,
) -> Response:
    page = await parts.store.jobs(
        owner=None if user.sees_all else user.name,
        limit=limit,
        before=before,
        status=status,
        run_id=run_id,
        agent=agent,
        search=q,
    )
    text = f'{{"jobs":[{",".join(page.jobs)}],"next":{json.dumps(page.next)},"position":{page.position}}}'
    return Response(text, media_type="application/json")


def _seen(view: dict[str, Any], at: int | None) -> dict[str, Any]:
    last_seen = None if at is None else timestamp(datetime.fromtimestamp(at / 1000, UTC))
    return view | {"last_seen": last_seen}
