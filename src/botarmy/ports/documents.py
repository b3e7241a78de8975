"""Text out of the files that people attach."""

from __future__ import annotations

from typing import Protocol

from botarmy.domain.attachments import Given


class Documents(Protocol):
    async def read(self, name: str, content: bytes) -> Given:
        """The text of a file, at most `TEXT_CHARACTERS` of it. What the file is, its bytes tell.

        Args:
            name: as the person's machine calls it.

        Raises:
            DomainError: one of the codes of `attachment_errors`, with the name in its words.
        """
        ...
