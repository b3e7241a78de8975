"""A run as a file that another server takes in."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from botarmy.domain.errors import DomainError
from botarmy.domain.events import ArtifactWritten, Request, RunCreated
from botarmy.domain.portable import BLOBS_MOST, EVENTS_MOST, PACKED_BYTES, Manifest, line_of
from botarmy.domain.run import Run
from botarmy.ports import Store

PAGE = 1_000
BYTES_OF_A_CHARACTER = 4
"""At most, in UTF-8."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """All of a run file but the contents, which are read one by one."""

    manifest: Manifest
    events: bytes
    blobs: tuple[str, ...]
    """SHA-256, sorted."""


async def pack(store: Store, run: Run) -> Outgoing:
    """Raises DomainError `run_too_large` where another server would not take it in."""
    if run.view.version > EVENTS_MOST:
        raise DomainError("run_too_large", what=f"it has more than {EVENTS_MOST} events")
    lines: list[str] = []
    sizes: dict[str, int] = {run.definition or "": 0}
    after = 0
    while entries := await store.read(after, PAGE, run_id=run.view.run_id, up_to=run.view.position):
        after = entries[-1].position
        for entry in entries:
            if entry.version is None:
                continue
            lines.append(line_of(entry.body, entry.version))
            m = entry.event().metadata
            if isinstance(m, ArtifactWritten):
                sizes[m.sha256] = m.size
            elif isinstance(m, Request) and m.continuation is not None:
                sizes.setdefault(m.continuation, 1024 * 1024)
            elif isinstance(m, RunCreated):
                sizes.update((one.sha256, one.characters * BYTES_OF_A_CHARACTER) for one in m.attachments)
    text = "".join(f"{line}\n" for line in lines).encode()
    if len(text) + sum(sizes.values()) > PACKED_BYTES - 1024 * 1024 or len(sizes) > BLOBS_MOST:
        raise DomainError("run_too_large", what=f"it has more than {PACKED_BYTES // 1024 // 1024 - 1} MiB")
    there = tuple(sorted([sha256 for sha256 in sizes if await store.blob(sha256) is not None]))
    manifest = Manifest(
        run_id=run.view.run_id,
        title=run.view.title,
        events=len(lines),
        blobs=len(there),
        sha256=hashlib.sha256(text).hexdigest(),
    )
    return Outgoing(manifest=manifest, events=text, blobs=there)
