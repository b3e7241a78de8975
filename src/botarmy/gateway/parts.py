"""What all sessions of a server share."""

from __future__ import annotations

from dataclasses import dataclass

from botarmy.delivery.feed import Feed
from botarmy.delivery.needs import Commands, ReadableLog
from botarmy.delivery.snapshots import Snapshots
from botarmy.gateway.fanout import Fanout
from botarmy.gateway.limits import Limits
from botarmy.ports import Clock, NewId


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
