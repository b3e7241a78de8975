"""Artifacts over HTTP: the list, one file in any version, a new version of it, and all of them as a zip."""

from __future__ import annotations

import re
import zipfile
from collections.abc import AsyncIterator, Sequence
from io import RawIOBase
from typing import Annotated, Final
from urllib.parse import quote

from fastapi import APIRouter, Body, Query
from pydantic import BaseModel, ConfigDict, TypeAdapter
from starlette.responses import Response, StreamingResponse

from botarmy.api.parts import CurrentUser, PartsOf
from botarmy.api.runs import Commanded, CommandId, RunId, command
from botarmy.domain.errors import DomainError
from botarmy.domain.times import moment
from botarmy.domain.views import ArtifactView
from botarmy.ports import Store

router: Final = APIRouter(prefix="/api/runs/{run_id}", tags=["artifacts"])
ARTIFACTS: Final = TypeAdapter(dict[str, tuple[ArtifactView, ...]])
_UNTRUSTED: Final = {
    "content-security-policy": "sandbox; default-src 'none'",
    "cache-control": "private, no-cache",
}
"""What agents wrote is data: a browser shows it only in a box without scripts or network."""


class EditBody(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    content: str
    rerun: bool = False


@router.get("/artifacts")
async def list_artifacts(parts: PartsOf, user: CurrentUser, run_id: RunId) -> Response:
    run = await parts.service.run(user, run_id)
    return Response(ARTIFACTS.dump_json({"artifacts": run.view.artifacts}), media_type="application/json")


@router.get("/artifacts.zip")
async def download_all(parts: PartsOf, user: CurrentUser, run_id: RunId) -> StreamingResponse:
    run = await parts.service.run(user, run_id)
    name = file_name(run.view.title)
    return StreamingResponse(
        _zipped(parts.store, run.view.artifacts),
        media_type="application/zip",
        headers=attachment(f"{name}.zip"),
    )


@router.get("/artifacts/{path:path}")
async def download(
    parts: PartsOf,
    user: CurrentUser,
    run_id: RunId,
    path: str,
    version: Annotated[int | None, Query(ge=1)] = None,
) -> Response:
    run = await parts.service.run(user, run_id)
    artifact = next((a for a in run.view.artifacts if a.path == path), None)
    if artifact is not None and version not in (None, artifact.version):
        artifact = await parts.history.artifact(run_id, path, version or 0)
    content = await parts.store.blob(artifact.sha256) if artifact else None
    if artifact is None or content is None:
        raise DomainError("unknown_artifact", detail=f"{path} {version}")
    headers = {**attachment(path.rsplit("/", 1)[-1]), "etag": f'"{artifact.sha256}"'}
    media_type = f"{artifact.media_type}; charset=utf-8" if _is_text(artifact.media_type) else artifact.media_type
    return Response(content, headers=headers, media_type=media_type)


@router.put("/artifacts/{path:path}")
async def edit_artifact(
    parts: PartsOf,
    user: CurrentUser,
    run_id: RunId,
    path: str,
    body: Annotated[EditBody, Body()],
    command_id: CommandId = None,
) -> Commanded:
    """A new version of a text file, by who asks."""
    args = {"run_id": run_id, "path": path, **body.model_dump(exclude_unset=True)}
    return await command(parts.service, user, command_id, "edit_artifact", args)


def file_name(title: str) -> str:
    return re.sub(r"[^\w-]+", "-", title).strip("-").lower()[:60] or "project"


def _is_text(media_type: str) -> bool:
    return media_type.startswith("text/") or media_type in ("application/json", "application/yaml", "application/toml")


def attachment(name: str) -> dict[str, str]:
    return {**_UNTRUSTED, "content-disposition": f"attachment; filename*=utf-8''{quote(name, safe='')}"}


async def _zipped(store: Store, artifacts: Sequence[ArtifactView]) -> AsyncIterator[bytes]:
    """A zip file piece by piece: no more than one artifact is in memory."""
    sink = Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for artifact in artifacts:
            content = await store.blob(artifact.sha256)
            if content is None:
                continue
            entry = zipfile.ZipInfo(artifact.path, moment(artifact.timestamp).timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = (0o755 if artifact.path.endswith(".sh") else 0o644) << 16
            archive.writestr(entry, content)
            yield sink.drain()
    yield sink.drain()


class Sink(RawIOBase):
    """Where the zip writer writes: a stream that cannot seek, emptied after each file."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: bytes, /) -> int:  # type: ignore[override]  # bytes are all that zipfile writes
        self._parts.append(bytes(data))
        return len(data)

    def drain(self) -> bytes:
        parts, self._parts = self._parts, []
        return b"".join(parts)
