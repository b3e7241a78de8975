"""What an approval is about, as it stands in the event of its request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

GateTime: TypeAlias = Literal["before", "after", "tool"]


@dataclass(frozen=True, slots=True, kw_only=True)
class GateFile:
    """A file as it was shown."""

    path: str
    version: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Edited:
    """What a person made of the thing that was to be approved: a version of a file."""

    path: str
    version: int
    sha256: str
    of: Literal["file", "reply"]
    """`reply`: the file holds what the next agents are told instead of the agent's own reply."""


@dataclass(frozen=True, kw_only=True)
class Gate:
    """What an approval is about."""

    when: GateTime
    """`before` an agent begins, `after` its work is done, or before it uses a `tool`."""
    round: int
    """From 1: how often it is shown, counted by the times that it was sent back."""
    rounds: int
    """When it is sent back in this round, a person is asked what now."""
    artifacts: tuple[GateFile, ...] = ()
    """The files that are shown, sorted by path; at most 50."""
    more: int = 0
    """How many files there are beyond these."""
    message_id: str | None = None
    """The message that is shown; None: there is none, or it is what `excerpt` holds."""
    excerpt: str = ""
    """The beginning of that message, or of the brief; at most 2,000 characters."""
    edited: Edited | None = None
    """With the decision `edit`: what was written."""
