"""What says “look”: hints between the parts of a server, and between servers."""

from __future__ import annotations

from typing import Literal, Protocol, TypeAlias

Hint: TypeAlias = Literal["log", "jobs", "withdrawn"]
"""Look: the log has grown; a job may be claimed; a claimed job was taken away."""


class Bus(Protocol):
    """Carries hints, may lose or repeat them, and is never a source of truth."""

    def publish(self, *hints: Hint) -> None:
        """Never waits, never raises."""
        ...

    def subscribe(self, *hints: Hint) -> Subscription: ...


class Subscription(Protocol):
    async def wait(self, timeout: float | None = None) -> bool:  # noqa: ASYNC109 - its lapse is an answer, no error
        """Until a hint has come since the last call (several count as one), or the time (seconds) is over.

        Returns whether there was a hint.
        """
        ...

    def close(self) -> None: ...
