"""The limiters of one server: one for each provider key, so that whatever uses the key shares its minute."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from functools import partial
from typing import Final, TypeAlias

from botarmy.llm.allowance import Limits
from botarmy.llm.providers import key_of
from botarmy.llm.ratelimit import RateLimiter
from botarmy.ports import LimitState

Waited: TypeAlias = Callable[[str, float], None]
"""Told of each call that had to wait: the key's name, and the seconds until it was admitted."""


class Limiters:
    """Makes each limiter at its first use, on the event loop that runs then. There are as many as keys, never more.

    Args:
        every: the limits of a key that has none of its own.
        own: limits by provider, as a model string names it (`openai`, `openai-chat`, `custom:<name>`); providers that
            share a key share the limit of the one named last.

    Raises DomainError `model_unknown_provider` for a provider that there is not.
    """

    def __init__(self, every: Limits, own: Mapping[str, Limits], waited: Waited = lambda _key, _seconds: None) -> None:
        self._every: Final = every
        self._own: Final = {key_of(f"{provider}:any"): limits for provider, limits in own.items()}
        self._waited: Final = waited
        self._limiters: Final[dict[str, RateLimiter]] = {}

    def of(self, model: str) -> RateLimiter:
        """By model string. Raises DomainError `model_unknown_provider`."""
        return self._of_key(key_of(model))

    def hear(self, key: str, headers: Mapping[str, str]) -> None:
        """What a provider's answer says about its limits."""
        self._of_key(key).note_headers(headers)

    def limits_of(self, model: str) -> Limits:
        """What is allowed by ourselves; a service may say less. Raises DomainError `model_unknown_provider`."""
        return self._own.get(key_of(model), self._every)

    def states(self) -> Mapping[str, LimitState]:
        """Of each key that was used since the start, by its name."""
        return {key: limiter.state() for key, limiter in sorted(self._limiters.items())}

    def _of_key(self, key: str) -> RateLimiter:
        if key not in self._limiters:
            limits = self._own.get(key, self._every)
            loop = asyncio.get_running_loop()
            self._limiters[key] = RateLimiter(limits, loop, partial(self._waited, key))
        return self._limiters[key]
