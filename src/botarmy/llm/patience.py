"""How often a model request is made, and how long is waited in between."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

PASSING: Final = frozenset(
    {
        "model_rate_limited",
        "model_overloaded",
        "model_unavailable",
        "model_timeout",
        "model_unreachable",
        "model_cut_off",
    }
)
"""The failures after which the same request can succeed."""
LASTING: Final[Mapping[str, str]] = MappingProxyType(
    {"model_rate_limited": "model_stayed_busy", "model_unreachable": "model_stayed_unreachable"}
)
"""What is said instead of a promise to try again, once nobody does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    attempts: int = 3
    """Of one model request, the first included."""
    first_pause: float = 1.0
    """Seconds before the second attempt, at most; it doubles with each one."""
    longest_asked: float = 120.0
    """Of what a provider asks to wait, in seconds: where it asks for more, there is no further attempt."""
    silence: float = 30.0
    """After so many seconds without a word the reader is told that it takes longer than usual."""
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    """Between two attempts."""
    chance: Callable[[], float] = random.random
    """Gives numbers from 0 to 1."""

    def pause(self, code: str, attempt: int, asked: float | None) -> float | None:
        """Seconds to wait after the failure `code` of attempt `attempt` (from 1); None where it was the last.

        Any part of the longest pause is as likely as another, so that those who failed together do not come again
        together. `asked`: what the provider asked to wait at least; None where it did not say.
        """
        if code not in PASSING or attempt >= self.attempts or (asked or 0.0) > self.longest_asked:
            return None
        longest: float = self.first_pause * 2 ** (attempt - 1)
        return (asked or 0.0) + self.chance() * longest
