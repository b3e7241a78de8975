"""Trials of what lies outside: one at a time of each thing, and a pause after it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from botarmy.domain.errors import DomainError

PAUSE_SECONDS: Final = 5.0
"""From the end of a trial to the beginning of the next one of the same thing."""


class Trials:
    """Remembers as many things as are ever tried: name those alone that there are.

    Args:
        now: seconds of a monotonic clock.
    """

    def __init__(self, now: Callable[[], float]) -> None:
        self._now: Final = now
        self._under_way: Final[set[str]] = set()
        self._rests_until: Final[dict[str, float]] = {}

    @contextmanager
    def one(self, thing: str) -> Iterator[None]:
        """Raises DomainError `trial_under_way` or `trial_too_soon`."""
        if thing in self._under_way:
            raise DomainError("trial_under_way")
        wait = self._rests_until.get(thing, 0.0) - self._now()
        if wait > 0:
            raise DomainError("trial_too_soon", seconds=math.ceil(wait))
        self._under_way.add(thing)
        try:
            yield
        finally:
            self._under_way.discard(thing)
            self._rests_until[thing] = self._now() + PAUSE_SECONDS
