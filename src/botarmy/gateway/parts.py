"""What all sessions of a server share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from botarmy.delivery.feed import Feed
from botarmy.delivery.needs import Commands, ReadableLog
from botarmy.delivery.snapshots import Snapshots
from botarmy.gateway.fanout import Fanout
from botarmy.gateway.limits import Limits
from botarmy.gateway.watching import Watching
from botarmy.ports import Clock, NewId
from botarmy.telemetry import Metrics


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    store: ReadableLog
    feed: Feed
    fanout: Fanout
    snapshots: Snapshots
    commands: Commands
    clock: Clock
    new_id: NewId
    limits: Limits
    metrics: Metrics
    watching: Watching
    came: Callable[[str], None]
    """Told the id of each client that is let in."""
    admits: Callable[[str], bool]
    """Count in the connection that has just said who it is. False where this user has enough: it is to end."""
