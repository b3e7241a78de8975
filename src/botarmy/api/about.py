"""About the server itself: status, health, metrics."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter
from pydantic import BaseModel
from starlette.responses import JSONResponse, Response

from botarmy.api.identity import admins_only
from botarmy.api.parts import PartsOf
from botarmy.domain.errors import DomainError
from botarmy.domain.team import is_demo

router: Final = APIRouter(tags=["server"])


class Status(BaseModel):
    version: str
    epoch: str
    model: str
    demo: bool
    """True where the offline demo team answers."""
    auth: str
    """`token` where a sign-in is asked for, else `none`."""


@router.get("/api/status")
async def read_status(parts: PartsOf) -> Status:
    model = parts.service.model
    auth = "token" if parts.door.required else "none"
    return Status(version=parts.version, epoch=parts.store.epoch, model=model, demo=is_demo(model), auth=auth)


@router.get("/healthz")
async def is_alive() -> JSONResponse:
    return JSONResponse({"status": "ok"})


@router.get("/readyz")
async def is_ready(parts: PartsOf) -> JSONResponse:
    """Raises DomainError `draining`, and answers `storage_unavailable` where the database does not."""
    if parts.draining():
        raise DomainError("draining")
    return JSONResponse({"status": "ready", "position": await parts.store.head()})


@router.get("/metrics", dependencies=[admins_only])
async def read_metrics(parts: PartsOf) -> Response:
    return Response(await parts.metrics(), media_type="text/plain; version=0.0.4; charset=utf-8")
