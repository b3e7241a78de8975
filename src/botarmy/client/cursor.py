"""The cursor of a connection: the position up to which everything followed has arrived, and of which topics.

Whatever contradicts what came before raises Contradiction; the client then starts afresh.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Final

from botarmy.client.errors import Json

LIVE_TOPICS: Final = re.compile("connections|stats|watchers:.*")
"""Their snapshots come again and again, at positions of their own: they move no cursor."""


class Contradiction(Exception):
    """The server said what cannot follow from what it said before: start afresh."""


class Cursor:
    """Knows no socket and no clock."""

    def __init__(self) -> None:
        self._epoch: str | None = None
        self._held: dict[str, None] = {}
        self._expected: dict[str, int] = {}
        """Topics whose snapshot is on its way, and the position that it will carry."""
        self.position: int | None = None

    @property
    def topics(self) -> tuple[str, ...]:
        return tuple(self._held)

    @property
    def expected(self) -> tuple[str, ...]:
        return tuple(self._expected)

    def resume(self) -> Json | None:
        """What `hello` can resume; None where it has to begin afresh."""
        if self._epoch is None or self.position is None or not self._held:
            return None
        return {"epoch": self._epoch, "position": self.position}

    def forget(self) -> None:
        self._epoch = self.position = None
        self._held.clear()
        self._expected.clear()

    def interrupted(self) -> None:
        """The connection is gone. In the middle of snapshots there is no single position to resume from."""
        if self._expected:
            self.forget()

    def begin(self, epoch: str, position: int, topics: Sequence[str], *, resumed: bool) -> None:
        if resumed:
            must(self._held.keys() == set(topics) and epoch == self._epoch and position == self.position)
            return
        self.forget()
        self._epoch, self.position = epoch, position
        self.expect(topics, position)

    def expect(self, topics: Iterable[str], position: int) -> None:
        """Snapshots of the topics will follow, all at `position`."""
        must(self.position is not None and position >= self.position)
        for topic in topics:
            self._held.pop(topic, None)
            self._expected[topic] = position
        if not self._expected:
            self.position = position

    def arrived(self, topic: str, position: int) -> None:
        expected = self._expected.get(topic)
        if expected is None:
            must(LIVE_TOPICS.fullmatch(topic) is not None or topic not in self._held)
            return
        must(expected == position)
        del self._expected[topic]
        self._held[topic] = None
        if not self._expected:
            self.position = position

    def release(self, topics: Iterable[str]) -> None:
        """These are followed no more, or never were."""
        position = self.position
        for topic in topics:
            self._held.pop(topic, None)
            position = self._expected.pop(topic, position)
        if not self._expected:
            self.position = position

    def advance(self, start: int, end: int, positions: Sequence[int]) -> None:
        """Events of (start, end]."""
        must(not self._expected and start == self.position and end >= start)
        places = [start, *positions]
        must(all(a < b for a, b in pairwise(places)) and places[-1] <= end)
        self.position = end

    def move_to(self, position: int) -> None:
        """A heartbeat: nothing of interest up to here."""
        if not self._expected and self.position is not None:
            must(position >= self.position)
            self.position = position


def must(holds: bool) -> None:
    if not holds:
        raise Contradiction
