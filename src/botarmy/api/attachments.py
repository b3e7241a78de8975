"""Files for a brief: their text is taken out before a run starts, and read again when it is there."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import BaseModel
from starlette.responses import Response

from botarmy.api.artifacts import attachment
from botarmy.api.parts import CurrentUser, PartsOf
from botarmy.api.runs import RunId
from botarmy.domain.attachment import Kind
from botarmy.domain.attachments import ATTACHED_BYTES, ATTACHED_MOST, GIVEN_NAME_CHARACTERS, shown_name
from botarmy.domain.errors import DomainError

router: Final = APIRouter(prefix="/api", tags=["runs"])
Name = Annotated[str, Query(min_length=1, max_length=GIVEN_NAME_CHARACTERS)]
Number = Annotated[int, Path(ge=1, le=ATTACHED_MOST)]


class Taken(BaseModel):
    """What `attachments` of a new run takes, as it is."""

    name: str
    media_type: Kind
    size: int
    cut: bool
    text: str


def _may_start(user: CurrentUser) -> None:
    if not user.may_command:
        raise DomainError("only_watching")


@router.post("/attachments", dependencies=[Depends(_may_start)])
async def read_attachment(parts: PartsOf, request: Request, name: Name) -> Taken:
    """The body is the file. Nothing is kept."""
    content = await _body(request, name)
    given = await parts.documents.read(name, content)
    return Taken(name=given.name, media_type=given.media_type, size=len(content), cut=given.cut, text=given.text)


@router.get("/runs/{run_id}/attachments/{number}")
async def download_attachment(parts: PartsOf, user: CurrentUser, run_id: RunId, number: Number) -> Response:
    """The text of a file that was attached, as the agents are given it."""
    run = await parts.service.run(user, run_id)
    found = run.view.attachments[number - 1 : number]
    content = await parts.store.blob(found[0].sha256) if found else None
    if content is None:
        raise DomainError("unknown_attachment", detail=f"{run_id} {number}")
    name = found[0].name if found[0].media_type != "application/pdf" else f"{found[0].name}.txt"
    headers = {**attachment(name), "etag": f'"{found[0].sha256}"'}
    return Response(content, headers=headers, media_type="text/plain; charset=utf-8")


async def _body(request: Request, name: str) -> bytes:
    pieces: list[bytes] = []
    room = ATTACHED_BYTES
    async for piece in request.stream():
        room -= len(piece)
        if room < 0:
            raise DomainError("attachment_too_large", name=shown_name(name), limit_mib=ATTACHED_BYTES // 1024 // 1024)
        pieces.append(piece)
    return b"".join(pieces)
