"""Runs over HTTP: start, list, read, and every command on them."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Body, Header, Path, Query
from pydantic import BaseModel, ConfigDict, TypeAdapter
from starlette.responses import Response

from botarmy.api.parts import CurrentUser, PartsOf
from botarmy.domain.errors import DomainError
from botarmy.domain.users import User
from botarmy.domain.views import PastMessageView, RunView
from botarmy.service import Reply, Service
from botarmy.service.asking import StartRun

router: Final = APIRouter(prefix="/api/runs", tags=["runs"])
RUN_VIEW: Final = TypeAdapter(RunView)
MESSAGES: Final = TypeAdapter(dict[str, list[PastMessageView]])

RunId = Annotated[str, Path(max_length=100)]
CommandId = Annotated[str | None, Header(alias="Idempotency-Key", min_length=1, max_length=100)]
Limit = Annotated[int, Query(ge=1, le=200)]


class NoteBody(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    content: str
    step: str | None = None


class AnswerBody(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    decision: Literal["approve", "edit", "reject", "respond"]
    answer: str | None = None
    subject: str | None = None
    path: str | None = None


class Commanded(BaseModel):
    run_id: str
    position: int


@router.post("", status_code=201)
async def start_run(
    parts: PartsOf, user: CurrentUser, body: Annotated[StartRun, Body()], command_id: CommandId = None
) -> Commanded:
    return await command(parts.service, user, command_id, "start_run", body.model_dump(exclude_unset=True))


@router.get("")
async def list_runs(
    parts: PartsOf,
    user: CurrentUser,
    status: Annotated[str | None, Query(max_length=20)] = None,
    team: Annotated[str | None, Query(max_length=100)] = None,
    owner: Annotated[str | None, Query(max_length=100)] = None,
    q: Annotated[str | None, Query(max_length=200)] = None,
    before: Annotated[str | None, Query(max_length=200)] = None,
    limit: Limit = 50,
) -> Response:
    if not user.sees_all and owner not in (None, user.name):
        return _json(f'{{"runs":[],"next":null,"position":{await parts.store.head()}}}')
    page = await parts.store.runs(
        owner=owner if user.sees_all else user.name, limit=limit, before=before, status=status, team=team, search=q
    )
    next_page = TypeAdapter(str | None).dump_json(page.next).decode()
    return _json(f'{{"runs":[{",".join(page.summaries)}],"next":{next_page},"position":{page.position}}}')


@router.get("/{run_id}", response_model=RunView)
async def read_run(
    parts: PartsOf, user: CurrentUser, run_id: RunId, at: Annotated[int | None, Query(ge=0)] = None
) -> Response:
    run = await parts.service.run(user, run_id)
    if at is not None and at < run.view.position:
        past = await parts.service.run_at(run_id, at)
        if past is None:
            raise DomainError("unknown_run", detail=f"{run_id} at {at}")
        run = past
    return Response(RUN_VIEW.dump_json(run.view), media_type="application/json")


@router.delete("/{run_id}")
async def delete_run(parts: PartsOf, user: CurrentUser, run_id: RunId, command_id: CommandId = None) -> Commanded:
    return await command(parts.service, user, command_id, "delete_run", {"run_id": run_id})


@router.get("/{run_id}/events")
async def read_events(
    parts: PartsOf,
    user: CurrentUser,
    run_id: RunId,
    after: Annotated[int, Query(ge=0)] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> Response:
    await parts.service.run(user, run_id)
    entries = await parts.store.read(after, limit, run_id=run_id)
    more = str(entries[-1].position) if len(entries) == limit else "null"
    events = ",".join(entry.wire() for entry in entries)
    return _json(f'{{"epoch":"{parts.store.epoch}","events":[{events}],"next":{more}}}')


@router.get("/{run_id}/messages")
async def read_messages(
    parts: PartsOf,
    user: CurrentUser,
    run_id: RunId,
    before: Annotated[str | None, Query(max_length=100)] = None,
    limit: Limit = 50,
) -> Response:
    """Whole messages, oldest first: the last ones before the message `before`, or of all."""
    await parts.service.run(user, run_id)
    messages = await parts.history.messages(run_id, before, limit)
    return Response(MESSAGES.dump_json({"messages": messages}), media_type="application/json")


@router.post("/{run_id}/notes")
async def add_note(
    parts: PartsOf,
    user: CurrentUser,
    run_id: RunId,
    body: Annotated[NoteBody, Body()],
    command_id: CommandId = None,
) -> Commanded:
    args = {"run_id": run_id, **body.model_dump(exclude_unset=True)}
    return await command(parts.service, user, command_id, "add_note", args)


@router.post("/{run_id}/{action}")
async def command_run(
    parts: PartsOf,
    user: CurrentUser,
    run_id: RunId,
    action: Literal["pause", "resume", "cancel"],
    command_id: CommandId = None,
) -> Commanded:
    return await command(parts.service, user, command_id, f"{action}_run", {"run_id": run_id})


@router.post("/{run_id}/steps/{step}/{action}")
async def command_step(
    parts: PartsOf,
    user: CurrentUser,
    run_id: RunId,
    step: Annotated[str, Path(max_length=100)],
    action: Literal["retry", "skip"],
    command_id: CommandId = None,
) -> Commanded:
    return await command(parts.service, user, command_id, f"{action}_step", {"run_id": run_id, "step": step})


@router.post("/{run_id}/requests/{request_id}")
async def answer_request(
    parts: PartsOf,
    user: CurrentUser,
    run_id: RunId,
    request_id: Annotated[str, Path(max_length=100)],
    body: Annotated[AnswerBody, Body()],
    command_id: CommandId = None,
) -> Commanded:
    args = {"run_id": run_id, "request_id": request_id, **body.model_dump(exclude_unset=True)}
    return await command(parts.service, user, command_id, "answer_request", args)


async def command(service: Service, user: User, command_id: str | None, name: str, args: dict[str, Any]) -> Commanded:
    reply: Reply = await service.command(user, command_id or service.new_id(), name, args)
    return Commanded(run_id=reply.result["run_id"], position=reply.position)


def _json(text: str) -> Response:
    return Response(text, media_type="application/json")
