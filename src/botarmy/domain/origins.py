"""Where a run comes from: other runs that it goes on from, or another server."""

from __future__ import annotations

from dataclasses import dataclass

from botarmy.domain.times import Timestamp


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """An earlier run that a follow-up goes on from, as the agents are told of it."""

    run_id: str
    title: str
    brief: str
    built: str
    """What its agents said that they made, in a sentence or two each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """That a run comes from another server: who decided what in it by then, that server says."""

    by: str
    """Who brought it here."""
    at: Timestamp
    owner: str
    """Whose it was there."""
    sha256: str
    """Of its events in the file."""
