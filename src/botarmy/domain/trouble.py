"""Failures in events: what was done about one, and what a person is asked about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

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
