"""Wrong tokens, counted by address: who sends many has to wait, longer each time."""

from __future__ import annotations

import ipaddress
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

FREE: Final = 5
"""So many wrong tokens make nobody wait."""
LONGEST_SECONDS: Final = 60.0
FORGOTTEN_SECONDS: Final = 900.0
"""After so long without a wrong token, an address begins anew."""
ADDRESSES: Final = 10_000
"""The one that was quiet the longest is forgotten for a new one."""


@dataclass(slots=True)
class _Record:
    failures: int
    last: float
    until: float


class Attempts:
    """Args: now: seconds of a monotonic clock."""

    def __init__(self, now: Callable[[], float], most: int = ADDRESSES) -> None:
        self._now: Final = now
        self._most: Final = most
        self._records: Final[OrderedDict[str, _Record]] = OrderedDict()

    def wait(self, address: str) -> float:
        """Seconds until this address may try again; 0 where it may now."""
        record = self._records.get(network_of(address))
        return 0.0 if record is None else max(0.0, record.until - self._now())

    def failed(self, address: str) -> int:
        """A wrong token came from there. Returns how many it were by now."""
        key, now = network_of(address), self._now()
        record = self._records.pop(key, None)
        if record is None or now - record.last > FORGOTTEN_SECONDS:
            record = _Record(0, now, now)
        record.failures += 1
        record.last = now
        record.until = now + _pause(record.failures)
        self._records[key] = record
        while len(self._records) > self._most:
            self._records.popitem(last=False)
        return record.failures


def _pause(failures: int) -> float:
    return 0.0 if failures < FREE else min(LONGEST_SECONDS, float(2 ** min(failures - FREE, 10)))


def network_of(address: str) -> str:
    """Of IPv6 the first half, all of which one customer has; else the address as it is, shortened."""
    try:
        known = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address[:100]
    if known.version == 4:
        return str(known)
    mapped = known.ipv4_mapped
    return str(mapped) if mapped else str(ipaddress.ip_network((known, 64), strict=False))
