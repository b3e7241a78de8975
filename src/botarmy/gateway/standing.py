"""A connection as operators see it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final

from botarmy.domain.times import Timestamp
from botarmy.gateway.protocol import Connection

USER_AGENT_CHARACTERS: Final = 200


class Standing:
    """Kept up to date by the session, read by whoever looks."""

    __slots__ = ("_connection", "_now", "address", "bytes_sent", "client_id", "heard_at", "since", "user", "user_agent")

    def __init__(self, connection: Connection, address: str, user_agent: str, since: Timestamp) -> None:
        self._connection: Final = connection
        self._now: Final = asyncio.get_running_loop().time
        self.address: Final = address
        self.user_agent: Final = user_agent[:USER_AGENT_CHARACTERS]
        self.since: Final = since
        self.user: str | None = None
        """None before it has said who it is."""
        self.client_id: str | None = None
        """Set once the client is let in."""
        self.bytes_sent = 0
        self.heard_at = self._now()

    @property
    def topics(self) -> Sequence[str]:
        return [str(topic) for topic in self._connection.topics]

    @property
    def acked(self) -> int | None:
        """None where nobody has been let in."""
        return None if self.client_id is None else self._connection.acked

    @property
    def silent_for(self) -> float:
        """Seconds since the client was heard."""
        return self._now() - self.heard_at
