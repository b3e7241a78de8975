"""A way out of the server, and why something did not go."""

from __future__ import annotations

from typing import Final, Protocol

from botarmy.domain.errors import BotArmyError
from botarmy.notify.notice import Notice


class Undelivered(BotArmyError):
    """A notice did not go out.

    Args:
        message: a sentence for whoever runs the server.
        lasting: trying it again would change nothing: it is the notice that is not wanted.
    """

    def __init__(self, message: str, *, lasting: bool = False) -> None:
        self.message: Final = message
        self.lasting: Final = lasting
        super().__init__(message)


class Channel(Protocol):
    @property
    def name(self) -> str:
        """A word: what was sent through it is remembered under it."""
        ...

    async def send(self, notice: Notice) -> None:
        """Returns once the other side has taken it. Raises Undelivered. It ends by itself within a minute."""
        ...
