"""Retention: runs that ended long ago go, as if they had been deleted. Where nothing is set, everything is kept."""

from __future__ import annotations

from typing import Final

from botarmy.domain.commands import DeleteRun
from botarmy.domain.times import later
from botarmy.ports import Store
from botarmy.service.runs import Extra, Service

BY: Final = "retention"
"""Who deletes them, as the log names it."""
AT_ONCE: Final = 20
_DAY: Final = 86_400


class Retention:
    """Deletes the runs that ended more than `days` ago."""

    def __init__(self, service: Service, store: Store, days: int) -> None:
        self._service: Final = service
        self._store: Final = store
        self._days: Final = days

    async def run(self) -> int:
        """Delete some of those that are due by now; returns how many that were, 0 only where none is left.

        Raises:
            StoreUnavailable, DomainError: the rest has to wait. It may be called again.
        """
        before = later(self._service.now(), -self._days * _DAY)
        due = await self._store.ended_before(before, AT_ONCE)
        for run_id in due:
            await self._service.execute(run_id, DeleteRun(expired=True), BY, Extra(aged=True))
        return len(due)
