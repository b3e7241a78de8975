"""Whatever calls, cancellations, holds and headers come in whatever order: the promises of the limiter hold."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from math import inf

from hypothesis import given, settings
from hypothesis import strategies as st

from botarmy.domain.errors import DomainError
from botarmy.llm.allowance import MINUTE, Limits, Window
from botarmy.llm.ratelimit import Grant, RateLimiter
from tests.gateway.virtual import VirtualLoop

LIMITS = Limits(requests=4, tokens=100)


@dataclass(frozen=True)
class Plan:
    """A call, `after` so many seconds from the beginning."""

    after: float
    run: str
    tokens: int
    seconds: float
    used: tuple[int, int] | None
    """None: it never reaches the provider."""
    patience: float
    """Cancelled after so many seconds, wherever it is."""
    telling: float
    """Seconds that its listener takes."""


@dataclass(frozen=True)
class Hold:
    after: float
    seconds: float


@dataclass(frozen=True)
class Headers:
    after: float
    requests: int
    tokens: int


@dataclass
class Seen:
    """A call that was admitted."""

    plan: Plan
    at: float
    limits: tuple[int, int]
    """In force then."""
    ended: float = inf
    used: int = 0
    counts: bool = True
    """False once it is known that it never reached the provider."""


@dataclass
class World:
    limiter: RateLimiter
    seen: list[Seen] = field(default_factory=list)
    holds: list[tuple[float, float]] = field(default_factory=list)
    waiting: dict[int, int] = field(default_factory=dict)
    """Tokens of each call that waits."""
    telling: int = 0
    """So many listeners take their time."""

    @property
    def now(self) -> float:
        return asyncio.get_running_loop().time()

    async def call(self, number: int, plan: Plan) -> None:
        await asyncio.sleep(plan.after)
        self.waiting[number] = plan.tokens
        try:
            async with asyncio.timeout(plan.patience if plan.patience < inf else None):
                grant = await self.limiter.admit(plan.run, plan.tokens, lambda _: self.tell(plan.telling))
                del self.waiting[number]
                await self.use(grant, plan)
        except (TimeoutError, DomainError):
            self.waiting.pop(number, None)

    async def tell(self, seconds: float) -> None:
        self.telling += 1
        try:
            await asyncio.sleep(seconds)
        finally:
            self.telling -= 1

    async def use(self, grant: Grant, plan: Plan) -> None:
        state = self.limiter.state()
        seen = Seen(plan, self.now, (state.requests.limit, state.tokens.limit))
        self.seen.append(seen)
        try:
            await asyncio.sleep(plan.seconds)
        finally:
            seen.ended = self.now
            if plan.used is None:
                seen.counts = False
                grant.release()
            else:
                seen.used = sum(plan.used)
                grant.correct(*plan.used)

    async def disturb(self, event: Hold | Headers) -> None:
        await asyncio.sleep(event.after)
        if isinstance(event, Hold):
            self.holds.append((self.now, self.now + event.seconds))
            self.limiter.hold(event.seconds)
        else:
            limits = {"requests": event.requests, "tokens": event.tokens}
            self.limiter.note_headers({f"x-ratelimit-limit-{unit}": str(limit) for unit, limit in limits.items()})

    async def watch(self) -> None:
        """Looks at the limiter now and then, as a page of its figures would."""
        while True:
            await asyncio.sleep(7)
            state = self.limiter.state()
            for meter in (state.requests, state.tokens):
                assert meter.used >= 0
                assert meter.left == max(meter.limit - meter.used, 0)
                assert meter.resets_in is None or meter.resets_in > 0
            if state.waiting and state.held_for is None and state.requests.left > 0:
                tokens = max(self.waiting.values())
                assert state.tokens.used + tokens > state.tokens.limit or self.telling, "it would fit, and waits"


seconds = st.floats(0, 150).map(lambda value: round(value, 1))
plans = st.builds(
    Plan,
    after=seconds,
    run=st.sampled_from("abcd"),
    tokens=st.integers(0, 100),
    seconds=st.floats(0, 100).map(lambda value: round(value, 1)),
    used=st.none() | st.tuples(st.integers(0, 60), st.integers(0, 60)),
    patience=st.just(inf) | seconds,
    telling=st.sampled_from([0.0, 0.0, 0.5, 70.0]),
)
events = st.builds(Hold, after=seconds, seconds=seconds) | st.builds(
    Headers, after=seconds, requests=st.integers(1, 8), tokens=st.integers(20, 200)
)


async def play(schedule: list[Plan], disturbances: list[Hold | Headers]) -> World:
    world = World(RateLimiter(LIMITS, asyncio.get_running_loop()))
    watch = asyncio.create_task(world.watch())
    calls = (world.call(number, plan) for number, plan in enumerate(schedule))
    # Longer than all of them take one after the other.
    async with asyncio.timeout(1_000 + 400 * len(schedule)):
        await asyncio.gather(*calls, *(world.disturb(event) for event in disturbances))
    watch.cancel()
    await asyncio.gather(watch, return_exceptions=True)
    assert watch.cancelled(), watch.exception()
    return world


def check_minutes(world: World) -> None:
    """At each admission, by what could be known then."""
    for seen in world.seen:
        begin, end = seen.at - MINUTE, seen.at
        inside = [other for other in world.seen if begin < other.at <= end and known(other, end)]
        requests, tokens = seen.limits
        assert len(inside) <= requests
        excess = sum(max(other.used - other.plan.tokens, 0) for other in world.seen if begin < other.ended < end)
        assert excess + sum(within(other, end) for other in inside) <= tokens


def known(call: Seen, now: float) -> bool:
    """Whether it counts, as far as is known: a request that never arrived gives way at its end."""
    return call.counts or call.ended > now


def within(call: Seen, now: float) -> int:
    """Its tokens, but for what it used beyond its reservation."""
    return min(call.used, call.plan.tokens) if call.ended <= now else call.plan.tokens


@settings(max_examples=150, deadline=None)
@given(st.lists(plans, min_size=1, max_size=15), st.lists(events, max_size=4))
def test_every_schedule_ends_within_the_limits_with_everybody_served(
    schedule: list[Plan], disturbances: list[Hold | Headers]
) -> None:
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        world = runner.run(play(schedule, disturbances))
        state = world.limiter.state()
    assert (state.waiting, state.in_flight) == (0, 0)
    assert world.waiting == {}
    check_minutes(world)
    for begun, until in world.holds:
        assert not [seen for seen in world.seen if begun < seen.at < until]
    lowered = any(isinstance(event, Headers) for event in disturbances)
    patient = [plan for plan in schedule if plan.patience == inf]
    assert lowered or len([seen for seen in world.seen if seen.plan.patience == inf]) == len(patient)


@settings(max_examples=50, deadline=None)
@given(st.lists(plans, min_size=1, max_size=10))
def test_when_all_have_left_everything_is_free_again_after_a_minute(schedule: list[Plan]) -> None:
    async def run() -> None:
        world = await play(schedule, [])
        await asyncio.sleep(2 * MINUTE)
        state = world.limiter.state()
        assert (state.requests.used, state.tokens.used, state.tokens.resets_in) == (0, 0, None)

    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        runner.run(run())


@given(
    st.integers(1, 50),
    st.lists(st.tuples(st.sampled_from(["charge", "drop", "forget"]), st.integers(1, 20), st.integers(0, 30))),
    st.integers(0, 60),
)
def test_a_window_counts_as_a_plain_list_would(limit: int, steps: list[tuple[str, int, int]], amount: int) -> None:
    window, plain, now = Window(limit), list[tuple[int, int]](), 0
    for step, size, moment in steps:
        if step == "charge":
            window.charge(size, moment)
            plain.append((moment, size))
        elif step == "drop":
            window.drop(size, moment)
            if (moment, size) in plain:
                plain.remove((moment, size))
        else:
            now = max(now, moment)
            window.forget(now)
            plain = [(until, size) for until, size in plain if until > now]
        assert window.used == sum(size for _, size in plain)
        assert window.left == limit - window.used
    fits = [until for until, _ in plain if sum(size for end, size in plain if end > until) + amount <= limit]
    expected = -inf if window.used + amount <= limit else min(fits, default=inf)
    assert window.free_at(amount) == expected
