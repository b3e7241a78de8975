"""What a server does now and then: it keeps its log small, and itself."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from botarmy import telemetry
from botarmy.bootstrap.background import Background
from botarmy.bootstrap.memory import keep_collected, keep_trimmed, trimmer
from botarmy.bootstrap.system import SystemClock
from botarmy.delivery.feed import Feed
from botarmy.domain.errors import BotArmyError
from botarmy.ports import Store
from botarmy.service import Compaction, Retention, Service
from botarmy.settings import Settings

COMPACTION_SECONDS: Final = 10.0
"""How often finished messages are looked for."""
RETENTION_SECONDS: Final = 60.0
"""How often some of the runs that are over age are deleted."""

log = telemetry.logger("upkeep")


def start_upkeep(tasks: Background, settings: Settings, service: Service, store: Store, feed: Feed) -> None:
    compaction = Compaction(store, feed, SystemClock(), settings.compact_seconds)
    tasks.start("compaction", every(COMPACTION_SECONDS, "deltas_deleted", compaction.run))
    if settings.retention_days is not None:
        retention = Retention(service, store, settings.retention_days)
        tasks.start("retention", every(RETENTION_SECONDS, "runs_expired", retention.run))
    tasks.start("collector", keep_collected())
    if (trim := trimmer()) is not None:
        tasks.start("memory", keep_trimmed(trim))


async def every(seconds: float, name: str, work: Callable[[], Awaitable[int]]) -> None:
    """Do it now and again, for ever; what fails is said, and tried the next time. `work` returns how much it did."""
    while True:
        try:
            if done := await work():
                log.info(name, count=done)
        except BotArmyError:
            log.warning(f"{name}_failed", exc_info=True)
        await asyncio.sleep(seconds)
