"""Failures in events: what was done about one, what a person is asked about, and what ended a job."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

FAULT_CHARACTERS: Final = 500
"""Of a fault's sentences each, in an event: lists show them."""

RemedyAction: TypeAlias = Literal["retry", "fall_back", "roll_back", "skip", "ask", "stop", "go_on"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy:
    """What was done about a failure of a phase."""

    action: RemedyAction
    """`go_on`: the step is given up, and the run goes on without it."""
    code: str
    """Of the failure."""
    reason: str
    target: str | None = None
    """What it fell back to (`model:…`, `agent:…`, `team:…` or `message`), or the phase that it went back to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """The failure about which a person is asked what to do."""

    code: str
    phase: str
    attempt: int
    reference: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """The failure that a job ended with."""

    code: str
    message: str
    """For a person, as is `action`: the first `FAULT_CHARACTERS` of it."""
    action: str
    reference: str | None = None
