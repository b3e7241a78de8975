"""How much of their time clients are connected, whatever interrupts them."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

CLIENTS: Final = 10_000
"""How many clients are known at a time; the one that was away longest is forgotten first."""
AWAY_SECONDS: Final = 600.0
"""A client that stayed away this long has gone for good: the time since it left does not count."""


@dataclass(slots=True)
class _Client:
    first_seen: float
    absent: float = 0.0
    """Seconds between its connections, so far as it came back."""
    connections: int = 0
    left: float = 0.0


class Attendance:
    """Clients by the id that they say. Times are seconds of any monotonic clock."""

    def __init__(self, clients: int = CLIENTS) -> None:
        self._most: Final = clients
        self._known: Final[OrderedDict[str, _Client]] = OrderedDict()

    def came(self, client_id: str, now: float) -> None:
        client = self._known.get(client_id)
        if client is None or (not client.connections and now - client.left > AWAY_SECONDS):
            client = self._known[client_id] = _Client(first_seen=now)
        elif not client.connections:
            client.absent += now - client.left
        client.connections += 1
        self._known.move_to_end(client_id)
        while len(self._known) > self._most:
            self._known.popitem(last=False)

    def left(self, client_id: str, now: float) -> None:
        client = self._known.get(client_id)
        if client is not None and client.connections:
            client.connections -= 1
            client.left = now

    def share(self, now: float) -> float | None:
        """Connected seconds of all seconds since each client was first seen and until it left; None: nobody was."""
        observed = absent = 0.0
        for client in self._known.values():
            observed += (now if client.connections else client.left) - client.first_seen
            absent += client.absent
        return None if observed <= 0 else round(1 - absent / observed, 5)
