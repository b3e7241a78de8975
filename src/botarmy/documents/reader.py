"""Takes the text out of a file, whatever it is."""

from __future__ import annotations

import asyncio
from pathlib import PurePosixPath
from typing import Final

from botarmy.documents.pdf import is_pdf, text_of_pdf
from botarmy.documents.plain import decoded
from botarmy.domain.attachment import Kind
from botarmy.domain.attachments import ATTACHED_BYTES, TEXT_CHARACTERS, Given, readable, shown_name
from botarmy.domain.errors import DomainError

AT_ONCE: Final = 2
"""PDFs that are read at the same time, each by a process."""
WAITING: Final = 20
"""So many more may wait for that; the next one is refused."""
_MARKDOWN: Final = frozenset({".md", ".markdown", ".mdown", ".mkd"})


class Reader:
    """See `ports.Documents`.

    Args:
        pdf_seconds: how long one PDF may take.
    """

    def __init__(self, pdf_seconds: float = 20.0) -> None:
        self._pdf_seconds: Final = pdf_seconds
        self._places: Final = asyncio.Semaphore(AT_ONCE)
        self._waiting = 0

    async def read(self, name: str, content: bytes) -> Given:
        """See `ports.Documents`."""
        shown = shown_name(name)
        if len(content) > ATTACHED_BYTES:
            raise DomainError("attachment_too_large", name=shown, limit_mib=ATTACHED_BYTES // 1024 // 1024)
        if not content:
            raise DomainError("attachment_empty", name=shown)
        if is_pdf(content):
            text, more = await self._of_pdf(shown, content)
            return _given(shown, text, "application/pdf", len(content), more=more)
        text = await asyncio.to_thread(decoded, shown, content)
        markdown = PurePosixPath(shown).suffix.lower() in _MARKDOWN
        return _given(shown, text, "text/markdown" if markdown else "text/plain", len(content), more=False)

    async def _of_pdf(self, name: str, content: bytes) -> tuple[str, bool]:
        if self._waiting >= WAITING:
            raise DomainError("attachments_busy")
        self._waiting += 1
        try:
            await self._places.acquire()
        finally:
            self._waiting -= 1
        try:
            return await text_of_pdf(name, content, self._pdf_seconds)
        finally:
            self._places.release()


def _given(name: str, found: str, kind: Kind, size: int, *, more: bool) -> Given:
    whole = readable(found)
    if not whole:
        raise DomainError("attachment_no_text" if kind == "application/pdf" else "attachment_empty", name=name)
    text = whole[:TEXT_CHARACTERS].rstrip()
    return Given(name=name, text=text, media_type=kind, size=size, cut=more or len(whole) > TEXT_CHARACTERS)
