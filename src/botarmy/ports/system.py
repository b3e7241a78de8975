"""Time and ids, which are passed in wherever they are needed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeAlias

from botarmy.domain.times import Timestamp


class Clock(Protocol):
    def now(self) -> Timestamp: ...


NewId: TypeAlias = Callable[[], str]
"""Gives a new UUIDv7 at each call."""
