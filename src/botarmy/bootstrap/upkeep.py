"""What a server does for its log now and then: it keeps it small."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from botarmy import telemetry
from botarmy.domain.errors import BotArmyError

COMPACTION_SECONDS: Final = 10.0
"""How often finished messages are looked for."""

log = telemetry.logger("upkeep")


async def every(seconds: float, name: str, work: Callable[[], Awaitable[int]]) -> None:
    """Do it now and again, for ever; what fails is said, and tried the next time. `work` returns how much it did."""
    while True:
        try:
            if done := await work():
                log.info(name, count=done)
        except BotArmyError:
            log.warning(f"{name}_failed", exc_info=True)
        await asyncio.sleep(seconds)
