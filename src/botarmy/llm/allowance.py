"""What a provider key may still use: requests and tokens of any minute, counted exactly.

Pure: the moment comes in as `now`, in monotonic seconds, and never goes back. When tokens count:

- From its admission to its end a call counts with its whole reservation (prompt and the longest answer allowed).
- Afterwards its prompt counts until a minute after the admission, its answer until a minute after the end, because
  a provider may count an answer when the call arrives, while it is written, or when it is done. Whichever it is, no
  minute holds more than the limit. What was reserved and not used is free at the end of the call.
- What was used beyond the reservation counts for a minute from when it became known. It may push the use above the
  limit, and nobody is admitted until it is below again.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from dataclasses import dataclass, replace
from math import inf
from typing import Final

MINUTE: Final = 60.0
SLACK: Final = 0.5
"""Seconds by which one request may be longer under way than another: sent a minute apart, they arrive closer."""
COUNTED: Final = MINUTE + SLACK
LONGEST_CALL: Final = 900.0
"""Seconds after which a reservation lapses that nobody settled, so that a lost call cannot block a key for ever."""
LONGEST_HOLD: Final = 3_600.0
"""Seconds. A provider that asks for more is asked again after this."""
UNKNOWN_TOKENS: Final = 1_000
"""Reserved for a call of which nothing better is known."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Requests and tokens of any minute, each at least 1 (else ValueError)."""

    requests: int = 20
    tokens: int = 40_000

    def __post_init__(self) -> None:
        if self.requests < 1 or self.tokens < 1:
            raise ValueError(f"a limit must be at least 1 a minute: {self.requests} requests, {self.tokens} tokens")

    def at_most(self, requests: int | None, tokens: int | None) -> Limits:
        """The lower of both, each for itself; None is no limit."""
        return replace(
            self,
            requests=self.requests if requests is None else min(self.requests, requests),
            tokens=self.tokens if tokens is None else min(self.tokens, tokens),
        )


class Window:
    """What counts against one limit, and until when."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.used = 0
        self._charges: Final[list[tuple[float, int]]] = []
        """(until, amount), the first to end first."""

    @property
    def left(self) -> int:
        """Below 0 after a correction upward or a lowered limit."""
        return self.limit - self.used

    def charge(self, amount: int, until: float) -> None:
        if amount > 0:
            insort(self._charges, (until, amount))
            self.used += amount

    def drop(self, amount: int, until: float) -> None:
        """Take a charge back; nothing where it has ended meanwhile. Equal charges are as good as each other."""
        index = bisect_left(self._charges, (until, amount))
        if self._charges[index : index + 1] == [(until, amount)]:
            del self._charges[index]
            self.used -= amount

    def forget(self, now: float) -> None:
        """Let go of what has ended by `now`."""
        if self._charges and self._charges[0][0] <= now:
            ended = bisect_right(self._charges, now, key=lambda charge: charge[0])
            self.used -= sum(amount for _, amount in self._charges[:ended])
            del self._charges[:ended]

    def free_at(self, amount: int) -> float:
        """When `amount` fits if nothing is taken back before: -inf for now, inf for never."""
        missing = amount - self.left
        if missing <= 0:
            return -inf
        for until, freed in self._charges:
            missing -= freed
            if missing <= 0:
                return until
        return inf

    def empty_at(self) -> float | None:
        """When the last charge ends; None where there is none."""
        return self._charges[-1][0] if self._charges else None

    def expected_at(self, amount: int, now: float) -> float:
        """About when so much more has been let in, as if every call ended now. `amount` may exceed the limit."""
        minutes, rest = divmod(max(amount - 1, 0), self.limit)
        return min(self.free_at(rest + 1), now + COUNTED) + minutes * COUNTED


@dataclass(frozen=True, slots=True)
class Reservation:
    tokens: int
    at: float


class Allowance:
    """The requests and tokens of one key: `ready_at(…) <= now`, then `reserve`; `settle` or `release` at its end."""

    def __init__(self, limits: Limits) -> None:
        self.requests: Final = Window(limits.requests)
        self.tokens: Final = Window(limits.tokens)
        self.held_until = -inf

    def limit(self, limits: Limits) -> None:
        self.requests.limit = limits.requests
        self.tokens.limit = limits.tokens

    def hold(self, until: float) -> None:
        """Nobody before then. A hold is never shortened."""
        self.held_until = max(self.held_until, until)

    def forget(self, now: float) -> None:
        self.requests.forget(now)
        self.tokens.forget(now)

    def ready_at(self, tokens: int, now: float) -> float:
        """When a request of so many tokens fits: up to `now` at once, inf never. Sooner where a call in flight ends."""
        self.forget(now)
        return max(self.held_until, self.requests.free_at(1), self.tokens.free_at(tokens))

    def expected_at(self, requests: int, tokens: int, now: float) -> float:
        """About when the last of so many requests with so many tokens in all is admitted, for people to read."""
        self.forget(now)
        by_use = max(self.requests.expected_at(requests, now), self.tokens.expected_at(tokens, now))
        return max(now, self.held_until, by_use)

    def reserve(self, tokens: int, now: float) -> Reservation:
        self.requests.charge(1, now + COUNTED)
        self.tokens.charge(tokens, now + LONGEST_CALL)
        return Reservation(tokens, now)

    def settle(self, reservation: Reservation, input_tokens: int, output_tokens: int, now: float) -> None:
        """The call has ended, and this is what it used."""
        self.tokens.drop(reservation.tokens, reservation.at + LONGEST_CALL)
        used = input_tokens + output_tokens
        late = max(output_tokens, used - reservation.tokens)
        self.tokens.charge(used - late, reservation.at + COUNTED)
        self.tokens.charge(late, now + COUNTED)
        self.forget(now)

    def release(self, reservation: Reservation, now: float) -> None:
        """The call never reached the provider."""
        self.tokens.drop(reservation.tokens, reservation.at + LONGEST_CALL)
        self.requests.drop(1, reservation.at + COUNTED)
        self.forget(now)
