"""Whose run is it: asked for each event, so remembered."""

from __future__ import annotations

from collections import OrderedDict
from typing import Final

from botarmy.delivery.needs import ReadableLog

REMEMBERED: Final = 20_000


class Owners:
    """Runs' owners, the lately asked ones in memory. An owner never changes, so nothing has to be forgotten."""

    def __init__(self, store: ReadableLog, remembered: int = REMEMBERED) -> None:
        self._store = store
        self._remembered = remembered
        self._known: OrderedDict[str, str] = OrderedDict()

    async def of(self, run_id: str) -> str | None:
        """None where the run never existed. Raises StoreUnavailable."""
        known = self._known.get(run_id)
        if known is not None:
            self._known.move_to_end(run_id)
            return known
        owner = await self._store.owner(run_id)
        if owner is not None:
            self._known[run_id] = owner
            while len(self._known) > self._remembered:
                self._known.popitem(last=False)
        return owner
