"""Jobs over HTTP: the list of them."""

from __future__ import annotations

import json
from typing import Annotated, Final

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from starlette.responses import Response

from botarmy.api.parts import CurrentUser, PartsOf

router: Final = APIRouter(prefix="/api/jobs", tags=["server"])


class Asked(BaseModel):
    status: Annotated[str | None, Field(max_length=20)] = None
    run_id: Annotated[str | None, Field(max_length=100)] = None
    agent: Annotated[str | None, Field(max_length=100)] = None
    error: Annotated[str | None, Field(max_length=100)] = None
    q: Annotated[str | None, Field(max_length=200)] = None
    before: Annotated[str | None, Field(max_length=200)] = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


@router.get("")
async def list_jobs(parts: PartsOf, user: CurrentUser, asked: Annotated[Asked, Query()]) -> Response:
    page = await parts.store.jobs(
        owner=None if user.sees_all else user.name,
        limit=asked.limit,
        before=asked.before,
        status=asked.status,
        run_id=asked.run_id,
        agent=asked.agent,
        error=asked.error,
        search=asked.q,
    )
    runs = [{"run_id": run_id, "title": title} for run_id, title in page.titles.items()]
    told = {"runs": runs, "next": page.next, "position": page.position}
    text = f'{{"jobs":[{",".join(page.jobs)}],{json.dumps(told)[1:]}'
    return Response(text, media_type="application/json")
