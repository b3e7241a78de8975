"""What the server is doing now, in figures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from fastapi import APIRouter
from pydantic import BaseModel

from botarmy.api.parts import PartsOf
from botarmy.ports import LimitState

router: Final = APIRouter(tags=["server"])


class Stats(BaseModel):
    rate_limits: Mapping[str, LimitState]
    """Of each key of an AI service that was used since the start, by its name; the key itself is not told."""


@router.get("/api/stats")
async def read_stats(parts: PartsOf) -> Stats:
    return Stats(rate_limits=parts.rate_limits())
