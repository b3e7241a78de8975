"""Where somebody who reads the log for a purpose of their own keeps how far they have got."""

from __future__ import annotations

from typing import Protocol


class Bookmarks(Protocol):
    """Every method may raise StoreUnavailable. What a method has returned from is durable."""

    async def bookmark(self, name: str) -> str | None:
        """What was kept last under a name; None where nothing was."""
        ...

    async def keep_bookmark(self, name: str, place: str) -> None:
        """Keep it in place of what is there."""
        ...
