"""The bus that the settings name, and whether it can be used."""

from __future__ import annotations

import asyncio
import random
from typing import Final

from botarmy.bus.carried import CarriedBus, Line, LineBroken
from botarmy.bus.local import LocalBus
from botarmy.domain.errors import DomainError
from botarmy.ports import Finding
from botarmy.settings import Settings, is_nats, nats_address
from botarmy.store.sql import is_postgres
from botarmy.telemetry import Metrics

ALONE: Final = "inside this one server"
SLOWER: Final = "BotArmy works without it, and takes up to a few seconds to notice what other servers do."
_CHANCE: Final = random.SystemRandom().random


def bus_of(settings: Settings, epoch: str, metrics: Metrics) -> LocalBus | CarriedBus:
    """Args: epoch: of the log; the servers of one log hear each other, and no others.

    Raises DomainError `bus_missing_extra`.
    """
    line = _line(settings, epoch)
    if line is None:
        return LocalBus()
    metrics.live.bus_connected.set(0)
    return CarriedBus(line, _CHANCE, lambda there: metrics.live.bus_connected.set(int(there)))


def bus_finding(settings: Settings) -> Finding:
    """Connects for a moment, where there is something to connect to."""
    try:
        line = _line(settings, "doctor")
    except DomainError as error:
        return Finding("fail", "Bus", error.message, error.action)
    if line is None:
        return Finding("ok", "Bus", ALONE)
    try:
        asyncio.run(_try(line))
    except LineBroken as broken:
        return Finding("warn", "Bus", f"{line.place} cannot be used: {broken}", SLOWER)
    return Finding("ok", "Bus", line.place)


async def _try(line: Line) -> None:
    async with line.open(lambda _: None):
        return


def _line(settings: Settings, epoch: str) -> Line | None:
    """None where there is one server alone."""
    url = settings.bus_url
    if is_nats(url):
        try:
            from botarmy.bus.nats import NatsLine  # noqa: PLC0415 - an extra
        except ImportError:
            raise DomainError("bus_missing_extra") from None
        address = nats_address(url)
        return NatsLine(address, f"{address.subject}.{epoch}")
    if url == "local" or settings.memory or not is_postgres(settings.database_url):
        return None
    from botarmy.bus.postgres import PostgresLine  # noqa: PLC0415 - who has SQLite need not load it

    return PostgresLine(settings.database_url)
