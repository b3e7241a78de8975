"""Leave to call a provider: what a conversation needs of whoever keeps its limits."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Final, Protocol


class Grant(Protocol):
    """Leave for one request. Settled once, when the request has ended; later ways to settle it do nothing."""

    def correct(self, input_tokens: int, output_tokens: int) -> None:
        """What was really used."""
        ...

    def keep(self) -> None:
        """The provider was reached, and nobody knows what was used."""
        ...

    def release(self) -> None:
        """The provider was never reached: nothing counts."""
        ...


class Limiter(Protocol):
    """Of one provider key."""

    @property
    def most_tokens(self) -> int | None:
        """That one request may use, prompt and answer together; None where there is no bound."""
        ...

    async def admit(self, run: str, tokens: int | None, waiting: Callable[[float], Awaitable[None]]) -> Grant:
        """Leave for one request, as soon as it fits.

        Args:
            run: takes turns with others.
            tokens: an estimate of the prompt and the longest answer allowed; None where nothing is known.
            waiting: told how many seconds it will take, where it takes any.

        Raises DomainError where it will never fit, or too many wait. Cancelling it leaves nothing reserved.
        """
        ...

    def note_headers(self, headers: Mapping[str, str]) -> None:
        """Learn from a provider's answer, Retry-After included."""
        ...


class Unlimited:
    """The `Limiter` of a provider that may be asked at any time, and the `Grant` that it gives."""

    most_tokens: Final = None

    async def admit(self, run: str, tokens: int | None, waiting: Callable[[float], Awaitable[None]]) -> Unlimited:
        del run, tokens, waiting
        return self

    def note_headers(self, headers: Mapping[str, str]) -> None:
        pass

    def correct(self, input_tokens: int, output_tokens: int) -> None:
        pass

    def keep(self) -> None:
        pass

    def release(self) -> None:
        pass
