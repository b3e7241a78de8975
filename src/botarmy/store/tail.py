"""The log's newest entries in memory: whoever follows the log need not ask the database for what just passed."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable
from typing import Final

from botarmy.ports import LogEntry

ENTRIES: Final = 2_000
BYTES: Final = 8 * 1024 * 1024


class Tail:
    """For a database with one writer: what it has committed, in order, up to both bounds. Of one event loop."""

    def __init__(self, position: int) -> None:
        self._floor = position
        self._entries: list[LogEntry] = []
        self._bytes = 0

    def extend(self, entries: Iterable[LogEntry]) -> None:
        """What a commit has made durable."""
        for entry in entries:
            self._entries.append(entry)
            self._bytes += len(entry.body)
        if len(self._entries) > ENTRIES or self._bytes > BYTES:
            self._let_go(len(self._entries) // 2)

    def clear(self) -> None:
        """Forget it all, as after a deletion."""
        self._let_go(len(self._entries))

    def drop(self, positions: Collection[int]) -> None:
        """What the database does not have any more."""
        gone = frozenset(positions)
        self._entries = [entry for entry in self._entries if entry.position not in gone]
        self._bytes = sum(len(entry.body) for entry in self._entries)

    def after(self, position: int, limit: int) -> list[LogEntry] | None:
        """What follows a position, at most `limit`; None where that reaches further back than memory does."""
        if position < self._floor:
            return None
        begin = bisect_right(self._entries, position, key=_position)
        return self._entries[begin : begin + max(0, limit)]

    def _let_go(self, count: int) -> None:
        if count:
            self._floor = self._entries[count - 1].position
            del self._entries[:count]
            self._bytes = sum(len(entry.body) for entry in self._entries)


def _position(entry: LogEntry) -> int:
    return entry.position
