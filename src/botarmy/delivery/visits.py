"""Who asks for a stream of events, and for what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from botarmy.delivery.topics import ALL, LogFilter
from botarmy.domain.users import User


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    user: User
    topics: Sequence[str]
    """Names, as they were given."""
    last_id: str | None = None
    """Of the last event that the client has, `<epoch>:<position>`; None: it has none."""
    log: LogFilter = ALL
    """Of the topic `log`."""
    address: str
    user_agent: str = ""
