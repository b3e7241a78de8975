"""A connection as operators see it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final, Protocol

from botarmy.delivery.visits import Visit
from botarmy.domain.times import Timestamp
from botarmy.gateway.protocol import Connection

USER_AGENT_CHARACTERS: Final = 200


class Present(Protocol):
    """A connection of any kind, as operators see it."""

    @property
    def user(self) -> str | None:
        """None before it has said who it is."""
        ...

    @property
    def client_id(self) -> str | None:
        """None before the client is let in."""
        ...

    @property
    def address(self) -> str: ...
    @property
    def user_agent(self) -> str: ...
    @property
    def since(self) -> Timestamp: ...
    @property
    def bytes_sent(self) -> int: ...
    @property
    def topics(self) -> Sequence[str]: ...

    @property
    def acked(self) -> int | None:
        """The position up to which the client has everything; None where nobody has been let in."""
        ...

    @property
    def silent_for(self) -> float:
        """Seconds since it showed that it is there."""
        ...


class Standing:
    """A WebSocket's. Kept up to date by the session, read by whoever looks."""

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


class StreamStanding:
    """An event stream's. Its client says nothing: what it takes shows that it is there."""

    __slots__ = (
        "_now",
        "acked",
        "address",
        "bytes_sent",
        "client_id",
        "since",
        "took_at",
        "topics",
        "user",
        "user_agent",
    )

    def __init__(self, visit: Visit, client_id: str, since: Timestamp) -> None:
        self._now: Final = asyncio.get_running_loop().time
        self.user: Final = visit.user.name
        self.client_id: Final = client_id
        self.address: Final = visit.address
        self.user_agent: Final = visit.user_agent[:USER_AGENT_CHARACTERS]
        self.since: Final = since
        self.topics: Sequence[str] = ()
        self.acked = 0
        self.bytes_sent = 0
        self.took_at = self._now()

    def took(self, size: int, position: int) -> None:
        """So many bytes, the newest position in them or before them being this one."""
        self.bytes_sent += size
        self.acked = position
        self.took_at = self._now()

    @property
    def silent_for(self) -> float:
        return self._now() - self.took_at
