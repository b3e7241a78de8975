"""The audit of a run over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Final

from fastapi import APIRouter
from starlette.responses import StreamingResponse

from botarmy.api.parts import CurrentUser, PartsOf
from botarmy.api.runs import RunId

router: Final = APIRouter(prefix="/api/runs/{run_id}", tags=["runs"])
MEDIA_TYPE: Final = "application/jsonl"


@router.get("/audit")
async def read_audit(parts: PartsOf, user: CurrentUser, run_id: RunId) -> StreamingResponse:
    """Every decision and fact as it is by now, a line each; no more than a page of the log is in memory."""
    run = await parts.service.run(user, run_id)
    lines = parts.history.audit(run_id, run.view.position)
    return StreamingResponse(_ended(lines), media_type=MEDIA_TYPE)


async def _ended(lines: AsyncIterator[str]) -> AsyncIterator[str]:
    async for line in lines:
        yield f"{line}\n"
