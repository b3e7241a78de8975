"""What is told: one request that needs a person, or one run that has ended."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from botarmy.domain.times import Timestamp

Kind: TypeAlias = Literal["request.opened", "request.reminder", "run.ended", "test"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    notice_id: str
    """The same each time that the same is told: a receiver leaves out what it has seen."""
    kind: Kind
    timestamp: Timestamp
    """When it happened, not when it is told."""
    headline: str
    """One line."""
    lines: tuple[str, ...] = ()
    """What else there is to say, in words, a paragraph each."""
    url: str | None = None
    """Where a person can look at it, or answer."""
    run: dict[str, Any] | None = field(default=None, hash=False)
    request: dict[str, Any] | None = field(default=None, hash=False)


def test_notice(at: Timestamp, notice_id: str, url: str | None) -> Notice:
    return Notice(
        notice_id=notice_id,
        kind="test",
        timestamp=at,
        headline="This is a test of BotArmy's notifications",
        lines=("It works: this is how you will hear of what needs you, and of what has ended.",),
        url=url,
    )
