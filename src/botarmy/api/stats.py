"""What the server is doing now: its figures, connections and workers."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any, Final

from fastapi import APIRouter
from starlette.responses import JSONResponse, Response

from botarmy.api.identity import admins_only
from botarmy.api.parts import PartsOf
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


def _seen(view: dict[str, Any], at: int | None) -> dict[str, Any]:
    last_seen = None if at is None else timestamp(datetime.fromtimestamp(at / 1000, UTC))
    return view | {"last_seen": last_seen}
