"""The text of a PDF, taken out by another process: a file made to do harm costs that process, and nothing else."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from botarmy import telemetry
from botarmy.domain.attachments import TEXT_CHARACTERS
from botarmy.domain.errors import DomainError

MEMORY_MIB: Final = 1_024
PAGES_MOST: Final = 1_000
"""Pages after these are not looked at."""
_HEAD_BYTES: Final = 1_024
_PROGRAM: Final = Path(__file__).with_name("pdfprocess.py")
_REFUSALS: Final = {
    "damaged": "attachment_damaged",
    "locked": "attachment_locked",
    "too_hard": "attachment_too_hard",
}

log = telemetry.logger("documents")


def is_pdf(content: bytes) -> bool:
    """Some programs write a few bytes of their own before it."""
    return b"%PDF-" in content[:_HEAD_BYTES]


async def text_of_pdf(name: str, content: bytes, seconds: float) -> tuple[str, bool]:
    """The text of its pages, and whether there is more than that.

    Args:
        name: for the words of a refusal.
        seconds: how long it may take.

    Raises:
        DomainError: `attachment_damaged`, `attachment_locked` or `attachment_too_hard`.
    """
    answer = await _answer(content, seconds)
    if "text" in answer:
        return str(answer["text"]), bool(answer["more"])
    log.info("pdf_not_read", reason=answer["refused"], size=len(content))
    raise DomainError(_REFUSALS[answer["refused"]], name=name)


async def _answer(content: bytes, seconds: float) -> dict[str, Any]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-I", str(_PROGRAM)),
        *(str(number) for number in (MEMORY_MIB, max(1, round(seconds)), os.getpid(), PAGES_MOST, TEXT_CHARACTERS)),
        stdin=PIPE,
        stdout=PIPE,
        stderr=DEVNULL,
        env={},
    )
    try:
        async with asyncio.timeout(seconds):
            told, _ = await process.communicate(content)
    except TimeoutError:
        return {"refused": "too_hard"}
    finally:
        await _ended(process)
    # A process that was ended, by its own bounds or the system, had too much to do.
    return dict(json.loads(told)) if process.returncode == 0 and told else {"refused": "too_hard"}


async def _ended(process: Process) -> None:
    """Whatever happens to the caller meanwhile: no process is left."""
    with suppress(ProcessLookupError):
        if process.returncode is None:
            process.kill()
    await asyncio.shield(process.wait())
