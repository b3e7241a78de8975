"""`botarmy audit`: who decided what in a project, and whether such a file is as it was written."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Final

from botarmy import bootstrap
from botarmy.cli.run import reached
from botarmy.cli.terminal import say
from botarmy.settings import Loaded


class NothingToAudit(Exception):
    """Neither a project nor a file was named, or both were."""

    message: Final = "Name a project, or a file to verify."
    action: Final = "Write “botarmy audit ID” or “botarmy audit --verify FILE”."


def print_audit(loaded: Loaded, run_id: str) -> None:
    """Raises what people are told."""
    for line in asyncio.run(_audit(loaded, run_id)).splitlines():
        say(line)


def verify(file: Path) -> None:
    """Raises what people are told, also of a file that cannot be read."""
    try:
        with file.open(encoding="ascii", newline="\n") as lines:
            count = bootstrap.verify_audit(lines)
    except UnicodeDecodeError:
        bootstrap.verify_audit([""])
        raise
    say(f"Nothing is missing and nothing was changed: {count} lines.")


async def _audit(loaded: Loaded, run_id: str) -> str:
    async with reached(loaded) as (server, _), bootstrap.client(server) as client:
        return await client.audit(run_id)
