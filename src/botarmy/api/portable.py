"""Run files over HTTP: a run goes out as a zip, and comes in as one."""

from __future__ import annotations

import hashlib
import tempfile
import zipfile
from collections.abc import AsyncIterator
from typing import Final

from fastapi import APIRouter, Request
from pydantic import TypeAdapter
from starlette.responses import StreamingResponse

from botarmy.api.artifacts import Sink, attachment, file_name
from botarmy.api.parts import CurrentUser, PartsOf
from botarmy.api.runs import Commanded, CommandId, RunId
from botarmy.domain.errors import DomainError
from botarmy.domain.portable import BLOBS, EVENTS, MANIFEST, Manifest
from botarmy.ports import Store
from botarmy.service.exporting import Outgoing, pack

router: Final = APIRouter(prefix="/api/runs", tags=["runs"])
_MANIFEST: Final = TypeAdapter(Manifest)
IN_MEMORY_BYTES: Final = 1024 * 1024
"""A larger file that comes in goes to the disk until it is read. Its bound is the guard's."""


@router.get("/{run_id}/file")
async def export_run(parts: PartsOf, user: CurrentUser, run_id: RunId) -> StreamingResponse:
    run = await parts.service.run(user, run_id)
    outgoing = await pack(parts.store, run)
    name = f"{file_name(run.view.title)}.botarmy.zip"
    return StreamingResponse(_zipped(parts.store, outgoing), media_type="application/zip", headers=attachment(name))


@router.post("/import", status_code=201)
async def import_run(parts: PartsOf, user: CurrentUser, request: Request, command_id: CommandId = None) -> Commanded:
    """The body is the file."""
    if not user.may_command:
        raise DomainError("only_watching")
    digest = hashlib.sha256()
    with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY_BYTES) as file:
        async for piece in request.stream():
            digest.update(piece)
            file.write(piece)
        file.seek(0)
        command_id = command_id or parts.service.new_id()
        reply = await parts.service.import_run(user, command_id, file, digest.hexdigest())
    return Commanded(run_id=reply.result["run_id"], position=reply.position)


async def _zipped(store: Store, outgoing: Outgoing) -> AsyncIterator[bytes]:
    """Piece by piece: beside the events no more than one content is in memory."""
    sink = Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(MANIFEST, _MANIFEST.dump_json(outgoing.manifest, indent=2))
        archive.writestr(EVENTS, outgoing.events)
        yield sink.drain()
        for sha256 in outgoing.blobs:
            archive.writestr(f"{BLOBS}{sha256}", await store.blob(sha256) or b"")
            yield sink.drain()
    yield sink.drain()
