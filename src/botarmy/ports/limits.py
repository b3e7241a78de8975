"""How much an AI service may be asked: what is used of one key's minute, for people to read."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Meter:
    limit: int
    """For any minute: ours or the provider's, whichever is lower."""
    used: int
    """Reservations of calls in flight included. Above `limit` after a call that used more than it had reserved."""
    left: int
    resets_in: float | None
    """Seconds until all of it is free, if the calls in flight ended now; None where it is."""


@dataclass(frozen=True, slots=True)
class LimitState:
    requests: Meter
    tokens: Meter
    in_flight: int
    waiting: int
    held_for: float | None
    """Seconds in which the provider wants no request; None where it does not mind."""
