"""What models answered lately, so that the same question need not be asked, and paid, twice."""

from __future__ import annotations

from collections import OrderedDict
from typing import Final

ENTRIES: Final = 1_000
BYTES: Final = 64 * 1024 * 1024


class Answers:
    """In memory and bounded: what was not asked for longest goes first.

    Args:
        entries: how many are kept at most.
        size: their bytes at most, without those of the keys.
    """

    def __init__(self, entries: int = ENTRIES, size: int = BYTES) -> None:
        self._most_entries: Final = entries
        self._most_bytes: Final = size
        self._kept: Final[OrderedDict[str, bytes]] = OrderedDict()
        self._bytes = 0

    def recall(self, question: str) -> bytes | None:
        """None where the question was not answered, or too long ago."""
        kept = self._kept.get(question)
        if kept is not None:
            self._kept.move_to_end(question)
        return kept

    def keep(self, question: str, answer: bytes) -> None:
        """Instead of an earlier answer to the same question."""
        self._bytes += len(answer) - len(self._kept.pop(question, b""))
        self._kept[question] = answer
        while len(self._kept) > self._most_entries or self._bytes > self._most_bytes:
            _, gone = self._kept.popitem(last=False)
            self._bytes -= len(gone)
