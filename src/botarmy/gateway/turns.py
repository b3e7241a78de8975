"""Who is served when: in rounds those who are up to date, beside them those who have missed something."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from typing import Final, Protocol

AT_ONCE: Final = 100
"""How many are served before the event loop has a turn."""
CATCHING_UP_AT_ONCE: Final = 4
"""The same, of those who have missed something: theirs are large frames."""
FULL_ROUND: Final = 1_000
"""A round of as many, or more, lasts as long as is wanted; one of fewer so much less."""
SHARE: Final = 0.35
"""Of its time that the event loop may spend on turns. Where they take more, they come less often: what comes meanwhile
shares a frame, and others find the loop free."""
SLOWER: Final = 4
"""How much longer than wanted a round may become for that."""

LATE: Final = 0.002
"""Seconds by which a turn that the loop began late makes the next one come earlier: timers are no finer."""


class Follower(Protocol):
    """Who is served. To be served again, it says so after each turn."""

    catching_up: bool
    """Whether it has a place in that queue. Written here."""
    gone: bool
    """Not to be served any more."""

    @property
    def serve(self) -> Callable[[], None]: ...


class Turns:
    """Serves followers without holding up the event loop, or letting one of them hold up another.

    What comes after a quiet moment goes out at once. While more comes, a follower is served once in a round, and a
    round lasts longer the more there are in it, and the more of its time the loop needs for that: what comes meanwhile
    shares a frame. A round is cut into turns, spread over its time. Who has missed something is served beside, a page
    in a turn, and delays nobody who has not.

    Args:
        seconds: how long a full round is to last, where the loop has time enough.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds: Final = seconds
        self._due: dict[Follower, None] = {}
        """Of the next round."""
        self._round: list[Follower] = []
        self._served = 0
        """How many of the round."""
        self._next = float("-inf")
        """Not before this time of the loop's clock is the next turn."""
        self._planned = False
        self._catching_up: deque[Follower] = deque()

    def add(self, followers: Mapping[Follower, None]) -> None:
        """There is something new for these. Follow with `begin`."""
        self._due.update(followers)

    def begin(self) -> None:
        """Serve those who are due: at once, unless that has just been done."""
        if self._due and not self._planned:
            if asyncio.get_running_loop().time() >= self._next:
                self._turn()
            else:
                self._plan()

    def catch_up(self, follower: Follower) -> None:
        """Serve this one soon: it has missed something, and can take it."""
        if follower.catching_up:
            return
        follower.catching_up = True
        self._catching_up.append(follower)
        if len(self._catching_up) == 1:
            asyncio.get_running_loop().call_soon(self._let_catch_up)

    def remove(self, follower: Follower) -> None:
        self._due.pop(follower, None)

    def _plan(self) -> None:
        self._planned = True
        asyncio.get_running_loop().call_at(self._next, self._turn)

    def _turn(self) -> None:
        loop = asyncio.get_running_loop()
        began = loop.time()
        if self._served >= len(self._round):
            self._round, self._due, self._served = list(self._due), {}, 0
        size = len(self._round)
        some = self._round[self._served : self._served + AT_ONCE]
        self._served += len(some)
        _serve(some)
        if self._served >= size:
            self._round, self._served = [], 0
        self._planned = True
        loop.call_soon(self._rest, began, self._seconds * len(some) / max(size, FULL_ROUND))

    def _rest(self, began: float, wanted: float) -> None:
        """Until the next turn. The loop is back: what the turn took is known, with the writing, which it does last."""
        self._planned = False
        taken = asyncio.get_running_loop().time() - began
        begin = max(began - LATE, min(began, self._next))
        self._next = begin + max(wanted, min(taken / SHARE, SLOWER * wanted))
        if self._round or self._due:
            self._plan()

    def _let_catch_up(self) -> None:
        some = [self._catching_up.popleft() for _ in range(min(CATCHING_UP_AT_ONCE, len(self._catching_up)))]
        if self._catching_up:
            asyncio.get_running_loop().call_soon(self._let_catch_up)
        for follower in some:
            follower.catching_up = False
        _serve(some)


def _serve(followers: Iterable[Follower]) -> None:
    for follower in followers:
        if not follower.gone:
            follower.serve()
