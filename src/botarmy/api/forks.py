"""New runs that go on from others, over HTTP."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Body
from pydantic import BaseModel, ConfigDict, Field

from botarmy.api.parts import CurrentUser, PartsOf
from botarmy.api.runs import Commanded, CommandId, RunId, command
from botarmy.service.asking import Options

router: Final = APIRouter(prefix="/api/runs/{run_id}", tags=["runs"])


class FollowUpBody(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    brief: str
    title: str | None = None
    options: Options = Field(default_factory=Options)


class ForkBody(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    step: Annotated[str, Field(min_length=1, max_length=100)]
    brief: str | None = None
    title: str | None = None
    options: Options = Field(default_factory=Options)


@router.post("/fork", status_code=201)
async def fork_run(
    parts: PartsOf, user: CurrentUser, run_id: RunId, body: Annotated[ForkBody, Body()], command_id: CommandId = None
) -> Commanded:
    """Again from a step, in a new run that shares what is before it."""
    args = {"run_id": run_id, **body.model_dump(exclude_unset=True)}
    return await command(parts.service, user, command_id, "fork_run", args)


@router.post("/follow-up", status_code=201)
async def follow_up_run(
    parts: PartsOf,
    user: CurrentUser,
    run_id: RunId,
    body: Annotated[FollowUpBody, Body()],
    command_id: CommandId = None,
) -> Commanded:
    """A new run over what this one built."""
    args = {"run_id": run_id, **body.model_dump(exclude_unset=True)}
    return await command(parts.service, user, command_id, "follow_up_run", args)
