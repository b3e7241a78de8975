"""Who may call a provider now: one limiter for each provider key.

Runs take turns, and within a run the first to come is the first to go. Nobody is overtaken: while the next one does not
fit, the others wait with it, so a large request is not starved by small ones.

A thin shell around `Allowance`: no tasks, one timer, and that only while somebody waits. Belongs to one event loop.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable, Iterator, Mapping
from itertools import islice
from math import inf, isfinite
from typing import Final, Protocol, TypeAlias

from botarmy.domain.errors import DomainError
from botarmy.llm.allowance import COUNTED, LONGEST_HOLD, UNKNOWN_TOKENS, Allowance, Limits, Reservation, Window
from botarmy.llm.rateheaders import Notice, read_headers
from botarmy.ports import LimitState, Meter

MAX_WAITING: Final = 1_000
REMIND_AFTER: Final = 1.0
"""Seconds between two words to the same waiting call, at least."""
TOO_LARGE: Final = "model_over_minute"

Waiting: TypeAlias = Callable[[float], Awaitable[None]]
"""Is told about how many seconds a call will wait from now; again when that has passed, or a hold has changed it."""


class Alarm(Protocol):
    def cancel(self) -> None: ...


class Clock(Protocol):
    """Monotonic seconds, and a call at a moment of them: every asyncio event loop is one."""

    def time(self) -> float: ...

    def call_at(self, when: float, callback: Callable[[], object], /) -> Alarm: ...


class Grant:
    """Leave for one call. Settle it when the call has ended, however it did: the first way counts, later ones do
    nothing, so `finally: grant.release()` may follow `correct`. One that nobody settles lapses after `LONGEST_CALL`."""

    def __init__(self, tokens: int, settle: Callable[[tuple[int, int] | None], None]) -> None:
        self.tokens: Final = tokens
        """Reserved."""
        self._settle: Callable[[tuple[int, int] | None], None] | None = settle

    def correct(self, input_tokens: int, output_tokens: int) -> None:
        """What was really used. The rest of the reservation is given back; what is beyond it delays others."""
        self._settle_once((max(input_tokens, 0), max(output_tokens, 0)))

    def keep(self) -> None:
        """The call reached the provider, and nobody knows what it used: all of the reservation counts."""
        self._settle_once((0, self.tokens))

    def release(self) -> None:
        """The call never reached the provider: nothing counts, not even the request."""
        self._settle_once(None)

    def _settle_once(self, used: tuple[int, int] | None) -> None:
        settle, self._settle = self._settle, None
        if settle is not None:
            settle(used)


class RateLimiter:
    """The `Limiter` of one provider key.

    Args:
        waited: told of each admitted call that had to wait, and how many seconds it did.
    """

    def __init__(self, limits: Limits, clock: Clock, waited: Callable[[float], None] = lambda _: None) -> None:
        self._limits: Final = limits
        self._waited: Final = waited
        self._theirs = Notice()
        self._clock: Final = clock
        self._allowance: Final = Allowance(limits)
        self._line: Final = _Line()
        self._in_flight = 0
        self._alarm: Alarm | None = None
        self._alarm_at = inf

    @property
    def most_tokens(self) -> int:
        """Of one call: a minute's."""
        return self._allowance.tokens.limit

    async def admit(self, run: str, tokens: int | None, waiting: Waiting) -> Grant:
        """Leave for one request of `run`, at once or when its turn has come and it fits.

        Args:
            tokens: of the prompt and the longest answer allowed; None where nothing is known of them.
            waiting: awaited only where the call must wait, which is not admitted meanwhile. What it raises ends the
                wait.

        Raises:
            DomainError: `TOO_LARGE` where no minute can hold so many tokens, also when the provider lowers its limit
                meanwhile; `model_rate_limited` where `MAX_WAITING` wait already.
            ValueError: negative tokens.

        Cancelled at any moment it leaves nothing reserved.
        """
        waiter = self._join(run, UNKNOWN_TOKENS if tokens is None else tokens)
        return self._grant(waiter.reservation or await self._wait(waiter, waiting))

    def hold(self, seconds: float) -> None:
        """Nobody for so long: what a Retry-After asks for. Bounded by `LONGEST_HOLD`; a longer hold stays."""
        if seconds > 0:
            self._allowance.hold(self._clock.time() + min(seconds, LONGEST_HOLD))
            self._reconsider()

    def note_headers(self, headers: Mapping[str, str]) -> None:
        """Learn from an answer, good or bad: a provider's lower limit is ours until it says otherwise; where nothing
        remains, or it asks to be left alone, everybody waits until then."""
        notice = read_headers(headers)
        self._theirs = Notice(notice.requests or self._theirs.requests, notice.tokens or self._theirs.tokens)
        self._limit(self._limits.at_most(self._theirs.requests, self._theirs.tokens))
        self.hold(notice.hold)

    def state(self) -> LimitState:
        now = self._clock.time()
        self._allowance.forget(now)
        held = self._allowance.held_until - now
        return LimitState(
            requests=_meter(self._allowance.requests, now),
            tokens=_meter(self._allowance.tokens, now),
            in_flight=self._in_flight,
            waiting=len(self._line),
            held_for=held if held > 0 else None,
        )

    def _join(self, run: str, tokens: int) -> _Waiter:
        if tokens < 0:
            raise ValueError(f"a call cannot use {tokens} tokens")
        if tokens > self._allowance.tokens.limit:
            raise self._too_large(tokens)
        if len(self._line) >= MAX_WAITING:
            raise DomainError("model_rate_limited", detail=f"{MAX_WAITING} calls wait for this key already")
        waiter = _Waiter(run, tokens)
        self._line.join(waiter)
        self._advance()
        return waiter

    async def _wait(self, waiter: _Waiter, waiting: Waiting) -> Reservation:
        joined = self._clock.time()
        try:
            while (reservation := waiter.outcome()) is None:
                waiter.news.clear()
                await self._tell(waiter, waiting)
                await waiter.news.wait()
        except BaseException:
            self._leave(waiter)
            raise
        self._waited(self._clock.time() - joined)
        return reservation

    def _leave(self, waiter: _Waiter) -> None:
        if waiter.reservation is not None:
            self._allowance.release(waiter.reservation, self._clock.time())
        elif waiter in self._line:
            self._line.leave(waiter)
        self._advance()

    def _advance(self) -> None:
        """Admit everybody whose turn it is and who fits, and see to it that it is asked again in time."""
        now = self._clock.time()
        while (waiter := self._next(now)) is not None:
            self._line.take(waiter)
            waiter.reservation = self._allowance.reserve(waiter.tokens, now)
            waiter.news.set()
        for waiter in self._line:
            if waiter.expected_at <= now:
                waiter.tell_again()
        self._set_alarm(now)

    def _next(self, now: float) -> _Waiter | None:
        """Whose turn it is, if it fits. Whoever would fit but is still being told keeps its place and delays nobody."""
        for waiter in self._line:
            if self._allowance.ready_at(waiter.tokens, now) > now:
                return None
            if waiter.present:
                return waiter
        return None

    def _grant(self, reservation: Reservation) -> Grant:
        def settle(used: tuple[int, int] | None) -> None:
            now = self._clock.time()
            self._in_flight -= 1
            if used is None:
                self._allowance.release(reservation, now)
            else:
                self._allowance.settle(reservation, *used, now)
            if self._line:
                self._advance()

        self._in_flight += 1
        return Grant(reservation.tokens, settle)

    async def _tell(self, waiter: _Waiter, waiting: Waiting) -> None:
        waiter.present = False
        await waiting(self._expect(waiter))
        waiter.present = True
        if waiter in self._line:
            self._advance()

    def _expect(self, waiter: _Waiter) -> float:
        """About how many seconds from now it will be admitted; remembers it, to say so when that was wrong."""
        now = self._clock.time()
        ahead = [other.tokens for other in self._line.up_to(waiter)]
        expected_at = self._allowance.expected_at(len(ahead), sum(ahead), now)
        waiter.expected_at = max(expected_at, now + REMIND_AFTER)
        return expected_at - now

    def _limit(self, limits: Limits) -> None:
        if (limits.requests, limits.tokens) == (self._allowance.requests.limit, self._allowance.tokens.limit):
            return
        self._allowance.limit(limits)
        for waiter in [waiter for waiter in self._line if waiter.tokens > limits.tokens]:
            self._line.leave(waiter)
            waiter.fail(self._too_large(waiter.tokens))
        self._reconsider()

    def _reconsider(self) -> None:
        """What those who wait were told is no longer true."""
        for waiter in self._line:
            waiter.tell_again()
        self._advance()

    def _set_alarm(self, now: float) -> None:
        """For when the first one that does not fit now does, and for whoever waits longer than it was told."""
        ready = (self._allowance.ready_at(waiter.tokens, now) for waiter in self._line)
        expected = (waiter.expected_at for waiter in self._line)
        self._wake_at(min(next((moment for moment in ready if moment > now), inf), min(expected, default=inf)))

    def _wake_at(self, when: float) -> None:
        if when == self._alarm_at:
            return
        if self._alarm is not None:
            self._alarm.cancel()
        self._alarm = self._clock.call_at(when, self._wake) if isfinite(when) else None
        self._alarm_at = when

    def _wake(self) -> None:
        self._alarm, self._alarm_at = None, inf
        self._advance()

    def _too_large(self, tokens: int) -> DomainError:
        limit = self._allowance.tokens.limit
        return DomainError(TOO_LARGE, detail=f"one call of {tokens} tokens, where a minute may have {limit}")


class _Waiter:
    """A call that waits: admitted when it has a reservation, refused when it has an error."""

    def __init__(self, run: str, tokens: int) -> None:
        self.run: Final = run
        self.tokens: Final = tokens
        self.reservation: Reservation | None = None
        self.error: DomainError | None = None
        self.expected_at = inf
        """What it was told; inf while it is to be told."""
        self.present = True
        """False while it is told."""
        self.news: Final = asyncio.Event()

    def outcome(self) -> Reservation | None:
        if self.error is not None:
            raise self.error
        return self.reservation

    def fail(self, error: DomainError) -> None:
        self.error = error
        self.news.set()

    def tell_again(self) -> None:
        self.expected_at = inf
        self.news.set()


class _Line:
    """Those who wait: runs take turns, the first to come in a run is its first to go. A run that comes anew is last."""

    def __init__(self) -> None:
        self._runs: Final[OrderedDict[str, deque[_Waiter]]] = OrderedDict()
        self._length = 0

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[_Waiter]:
        for waiters in self._runs.values():
            yield from waiters

    def __contains__(self, waiter: _Waiter) -> bool:
        return waiter in self._runs.get(waiter.run, ())

    def join(self, waiter: _Waiter) -> None:
        self._runs.setdefault(waiter.run, deque()).append(waiter)
        self._length += 1

    def leave(self, waiter: _Waiter) -> None:
        waiters = self._runs[waiter.run]
        waiters.remove(waiter)
        self._length -= 1
        if not waiters:
            del self._runs[waiter.run]

    def take(self, waiter: _Waiter) -> None:
        """It has its turn: the next one of its run comes after all others."""
        self.leave(waiter)
        if waiter.run in self._runs:
            self._runs.move_to_end(waiter.run)

    def up_to(self, waiter: _Waiter) -> Iterator[_Waiter]:
        """All that go before it, then itself."""
        turn = self._runs[waiter.run].index(waiter)
        turns = turn + 1
        for run, waiters in self._runs.items():
            if run == waiter.run:
                turns = turn
            yield from islice(waiters, turns)
        yield waiter


def _meter(window: Window, now: float) -> Meter:
    empty_at = window.empty_at()
    resets_in = None if empty_at is None else min(empty_at - now, COUNTED)
    return Meter(window.limit, window.used, max(window.left, 0), resets_in)
