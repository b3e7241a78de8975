"""The epoch: which log this is, and whether it is still the whole of it."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, delete, insert, select

from botarmy.ports import NewId
from botarmy.store.tables import meta

MARK_SECONDS: Final = 1.0


@dataclass(frozen=True, slots=True)
class HighWater:
    """How far the log of an epoch is known to have reached."""

    epoch: str
    position: int


class MarkFile:
    """Keeps the high-water mark in a file of its own, so that a log copied back by hand does not bring it along.

    It is never ahead of what is durable. Losing it, or finding it unreadable, costs the check alone.
    """

    def __init__(self, path: Path) -> None:
        self._path: Final = path

    def read(self) -> HighWater | None:
        try:
            epoch, position = self._path.read_text(encoding="utf-8").split()
            return HighWater(epoch, int(position))
        except (OSError, ValueError):
            return None

    def write(self, mark: HighWater) -> None:
        """Raises OSError."""
        new = self._path.with_name(f"{self._path.name}.new")
        new.write_text(f"{mark.epoch} {mark.position}\n", encoding="utf-8")
        new.replace(self._path)


class Marking:
    """Keeps the mark of an open log up to date, at most once in `MARK_SECONDS`. Without a file it does nothing."""

    def __init__(self, path: Path | None) -> None:
        self._file: Final = MarkFile(path) if path else None
        self._at = 0.0
        self._marked = 0

    def read(self) -> HighWater | None:
        return self._file.read() if self._file else None

    def keep(self, mark: HighWater) -> bool:
        """Returns whether the file is behind. Raises OSError."""
        if self._file is None or mark.position == self._marked:
            return False
        now = time.monotonic()
        if now < self._at + MARK_SECONDS:
            return True
        self._at, self._marked = now, mark.position
        self._file.write(mark)
        return False

    def finish(self, mark: HighWater) -> None:
        """At the end. Losing it costs the check alone."""
        with suppress(OSError):
            if self._file is not None:
                self._file.write(mark)


def epoch_of(conn: Connection) -> str | None:
    epoch: str | None = conn.execute(select(meta.c.value).where(meta.c.key == "epoch")).scalar()
    return epoch


def establish(conn: Connection, position: int, mark: HighWater | None, new_id: NewId) -> str:
    """The epoch of the log whose head is `position`: a new one where the log is new, or lacks what it once had."""
    epoch = epoch_of(conn)
    if epoch is not None and not (mark and mark.epoch == epoch and mark.position > position):
        return epoch
    conn.execute(delete(meta).where(meta.c.key == "epoch"))
    epoch = new_id()
    conn.execute(insert(meta), {"key": "epoch", "value": epoch})
    return epoch
