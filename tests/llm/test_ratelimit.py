"""The rate limiter in virtual time: a minute passes at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from typing import TypeVar

import pytest

from botarmy.domain.errors import DomainError
from botarmy.llm.allowance import COUNTED, LONGEST_CALL, LONGEST_HOLD, Limits
from botarmy.llm.limiter import Limiter
from botarmy.llm.ratelimit import MAX_WAITING, TOO_LARGE, Grant, RateLimiter
from tests.gateway.virtual import VirtualLoop

T = TypeVar("T")


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, object]]:
    return "asyncio", {"loop_factory": VirtualLoop}


class Desk:
    """Calls at one limiter, and what they were told."""

    def __init__(self, limits: Limits) -> None:
        self.limiter = RateLimiter(limits, asyncio.get_running_loop())
        self.told: dict[str, list[float]] = {}
        self.admitted: list[str] = []
        self.tasks: list[asyncio.Task[Grant]] = []

    @property
    def now(self) -> float:
        return asyncio.get_running_loop().time()

    async def admit(self, name: str, tokens: int | None = 10) -> Grant:
        """A call named after its run: `a`, or `a.1` and `a.2`."""

        async def waiting(seconds: float) -> None:
            self.told.setdefault(name, []).append(seconds)

        grant = await self.limiter.admit(name.partition(".")[0], tokens, waiting)
        self.admitted.append(name)
        return grant

    async def line_up(self, name: str, tokens: int = 10) -> asyncio.Task[Grant]:
        """The call, waiting or admitted."""
        task = asyncio.create_task(self.admit(name, tokens))
        self.tasks.append(task)
        await settled()
        return task

    async def close(self) -> None:
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        assert self.limiter.state().waiting == 0


async def settled() -> None:
    """Everything that can happen now has happened."""
    for _ in range(5):
        await asyncio.sleep(0)


async def slowly(seconds: float) -> None:
    """A listener that takes its time."""
    await asyncio.sleep(500)


async def outcome(task: asyncio.Task[T]) -> T:
    return await task


async def at_second(moment: float, call: Coroutine[object, object, T]) -> T:
    """What comes of it, which must be at this second."""
    result = await call
    assert asyncio.get_running_loop().time() == pytest.approx(moment, abs=0.01)
    return result


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    """Three requests and 100 tokens a minute."""
    made = Desk(Limits(requests=3, tokens=100))
    yield made
    await made.close()


async def test_a_call_that_fits_is_admitted_at_once_and_told_nothing(desk: Desk) -> None:
    await at_second(0, desk.admit("a"))
    assert desk.told == {}


async def test_a_request_too_many_waits_until_the_first_is_a_minute_old_and_is_told_so(desk: Desk) -> None:
    for _ in range(3):
        (await desk.admit("a")).correct(1, 1)
        await asyncio.sleep(10)
    await at_second(COUNTED, desk.admit("b"))
    assert desk.told["b"] == [pytest.approx(COUNTED - 30)]


async def test_tokens_that_were_reserved_and_not_used_are_given_back_at_the_end_of_the_call(desk: Desk) -> None:
    grant = await desk.admit("a", 90)
    waiting = await desk.line_up("b", 60)
    await asyncio.sleep(5)
    grant.correct(20, 20)
    await settled()
    assert waiting.done()
    assert desk.limiter.state().tokens.used == 100


async def test_an_answer_counts_for_a_minute_from_its_end_and_a_prompt_from_its_beginning(desk: Desk) -> None:
    grant = await desk.admit("a", 100)
    await asyncio.sleep(20)
    grant.correct(40, 60)
    await at_second(COUNTED, desk.admit("b", 40))
    await at_second(20 + COUNTED, desk.admit("c", 60))


async def test_a_call_that_never_reached_the_provider_counts_for_nothing(desk: Desk) -> None:
    grants = [await desk.admit("a", 30) for _ in range(3)]
    for grant in grants:
        grant.release()
    assert (desk.limiter.state().requests.used, desk.limiter.state().tokens.used) == (0, 0)
    await at_second(0, desk.admit("b", 100))


async def test_a_call_of_which_nobody_knows_what_it_used_counts_as_reserved(desk: Desk) -> None:
    grant = await desk.admit("a", 80)
    await asyncio.sleep(7)
    grant.keep()
    assert desk.limiter.state().tokens.used == 80
    await at_second(7 + COUNTED, desk.admit("b", 50))


async def test_only_the_first_settlement_of_a_grant_counts(desk: Desk) -> None:
    grant = await desk.admit("a", 50)
    grant.correct(10, 5)
    grant.release()
    grant.keep()
    grant.correct(90, 90)
    state = desk.limiter.state()
    assert (state.requests.used, state.tokens.used, state.in_flight) == (1, 15, 0)


async def test_use_beyond_the_reservation_delays_others_for_a_minute_from_when_it_is_known(desk: Desk) -> None:
    grant = await desk.admit("a", 10)
    await asyncio.sleep(COUNTED)
    grant.correct(150, 0)
    state = desk.limiter.state()
    assert (state.tokens.used, state.tokens.left) == (140, 0)  # ten are a minute old
    await at_second(2 * COUNTED, desk.admit("b", 1))


async def test_a_grant_that_nobody_settles_does_not_block_the_key_for_ever(desk: Desk) -> None:
    await desk.admit("a", 100)
    await at_second(LONGEST_CALL, desk.admit("b", 100))


async def test_what_is_not_known_is_taken_for_a_thousand_tokens() -> None:
    desk = Desk(Limits())
    await desk.admit("a", None)
    assert desk.limiter.state().tokens.used == 1_000


async def test_runs_take_turns_and_the_calls_of_a_run_keep_their_order(desk: Desk) -> None:
    for name in ("a.1", "a.2", "a.3", "a.4", "a.5", "b.1", "b.2", "c.1"):
        _ = await desk.line_up(name)
    await asyncio.sleep(2 * COUNTED + 1)
    assert desk.admitted == ["a.1", "a.2", "a.3", "a.4", "b.1", "c.1", "a.5", "b.2"]


async def test_small_calls_do_not_pass_a_large_one_that_waits(desk: Desk) -> None:
    (await desk.admit("a", 50)).correct(50, 0)
    await asyncio.sleep(1)
    for name, tokens in (("large", 90), ("small.1", 5), ("small.2", 5)):
        _ = await desk.line_up(name, tokens)
    assert desk.admitted == ["a"]
    await asyncio.sleep(COUNTED)
    assert desk.admitted == ["a", "large", "small.1", "small.2"]


async def test_a_cancelled_call_costs_its_run_no_turn(desk: Desk) -> None:
    for _ in range(3):
        await desk.admit("x")
    first = await desk.line_up("a.1")
    for name in ("a.2", "b"):
        _ = await desk.line_up(name)
    first.cancel()
    await asyncio.sleep(COUNTED)
    assert desk.admitted[3:] == ["a.2", "b"]


async def test_a_call_larger_than_any_minute_is_refused_in_words_at_once(desk: Desk) -> None:
    with pytest.raises(DomainError) as caught:
        await at_second(0, desk.admit("a", 101))
    assert caught.value.code == TOO_LARGE
    assert not caught.value.retryable
    assert desk.limiter.state().tokens.used == 0


async def test_a_waiting_call_is_refused_when_the_provider_lowers_its_limit_below_it(desk: Desk) -> None:
    await desk.admit("a", 50)
    large, small = await desk.line_up("b", 80), await desk.line_up("c", 50)
    desk.limiter.note_headers({"x-ratelimit-limit-tokens": "60"})
    with pytest.raises(DomainError, match=TOO_LARGE):
        await large
    assert not small.done()
    await at_second(LONGEST_CALL, outcome(small))


async def test_a_line_has_an_end(desk: Desk) -> None:
    desk.limiter.hold(10)
    for number in range(MAX_WAITING):
        desk.tasks.append(asyncio.create_task(desk.admit(f"run {number}")))
    await settled()
    with pytest.raises(DomainError, match="model_rate_limited"):
        await desk.admit("late")


async def test_a_hold_lets_nobody_through_and_tells_those_who_wait(desk: Desk) -> None:
    grants = [await desk.admit("a") for _ in range(3)]
    for grant in grants:
        grant.correct(1, 1)
    waiting = await desk.line_up("b")
    await asyncio.sleep(10)
    desk.limiter.hold(100)
    desk.limiter.hold(5)
    assert desk.limiter.state().held_for == pytest.approx(100)
    await at_second(110, outcome(waiting))
    assert desk.told["b"] == [pytest.approx(COUNTED), pytest.approx(100)]
    assert desk.limiter.state().held_for is None


async def test_a_hold_has_a_bound(desk: Desk) -> None:
    desk.limiter.hold(1e12)
    await at_second(LONGEST_HOLD, desk.admit("a"))


async def test_a_call_that_waits_longer_than_it_was_told_is_told_again(desk: Desk) -> None:
    grant = await desk.admit("a", 100)
    waiting = await desk.line_up("b", 50)
    await asyncio.sleep(90)
    assert not waiting.done()
    assert len(desk.told["b"]) == 2
    grant.correct(0, 0)
    await at_second(90, outcome(waiting))


async def test_a_lower_limit_of_the_provider_is_ours_until_it_says_otherwise(desk: Desk) -> None:
    desk.limiter.note_headers({"X-RateLimit-Limit-Requests": "1", "x-ratelimit-limit-tokens": "40"})
    assert (desk.limiter.state().requests.limit, desk.limiter.state().tokens.limit) == (1, 40)
    await desk.admit("a")
    waiting = await desk.line_up("b")
    assert not waiting.done()
    desk.limiter.note_headers({"x-ratelimit-limit-requests": "5000", "x-ratelimit-limit-tokens": "5000"})
    assert (desk.limiter.state().requests.limit, desk.limiter.state().tokens.limit) == (3, 100)
    await at_second(0, outcome(waiting))


async def test_an_answer_that_names_one_limit_says_nothing_of_the_other(desk: Desk) -> None:
    desk.limiter.note_headers({"x-ratelimit-limit-tokens": "40"})
    desk.limiter.note_headers({"x-ratelimit-limit-requests": "2"})
    desk.limiter.note_headers({"retry-after": "1"})
    assert (desk.limiter.state().requests.limit, desk.limiter.state().tokens.limit) == (2, 40)


async def test_where_nothing_remains_everybody_waits_for_the_reset(desk: Desk) -> None:
    desk.limiter.note_headers({"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "1m30s"})
    await at_second(90, desk.admit("a"))


async def test_headers_that_say_nothing_of_limits_change_nothing(desk: Desk) -> None:
    before = desk.limiter.state()
    desk.limiter.note_headers({"content-type": "text/event-stream", "date": "Fri, 20 Nov 2026 09:30:00 GMT"})
    assert desk.limiter.state() == before


async def test_a_call_cancelled_while_it_waits_lets_the_next_one_through(desk: Desk) -> None:
    await desk.admit("a", 50)
    large, small = await desk.line_up("b", 90), await desk.line_up("c", 50)
    large.cancel()
    await at_second(0, outcome(small))
    assert desk.limiter.state().tokens.used == 100


async def test_a_call_cancelled_in_the_moment_of_its_admission_leaves_nothing_reserved(desk: Desk) -> None:
    grant = await desk.admit("a", 100)
    waiting = await desk.line_up("b", 100)
    grant.release()  # admits b, which has not run since
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    state = desk.limiter.state()
    assert (state.requests.used, state.tokens.used, state.in_flight, state.waiting) == (0, 0, 0, 0)


async def test_a_call_cancelled_while_it_is_told_leaves_nothing_reserved(desk: Desk) -> None:
    await desk.admit("a", 100)
    call = asyncio.create_task(desk.limiter.admit("b", 100, slowly))
    await settled()
    call.cancel()
    await settled()
    assert call.cancelled()
    assert desk.limiter.state().waiting == 0


async def test_what_goes_wrong_while_it_is_told_ends_the_wait(desk: Desk) -> None:
    async def broken(seconds: float) -> None:
        raise RuntimeError("nobody listens")

    await desk.admit("a", 100)
    with pytest.raises(RuntimeError, match="nobody listens"):
        await desk.limiter.admit("b", 100, broken)
    assert desk.limiter.state().waiting == 0


async def test_a_slow_listener_delays_nobody_else(desk: Desk) -> None:
    grant = await desk.admit("a", 100)
    slow = asyncio.create_task(desk.limiter.admit("b", 50, slowly))
    await settled()
    waiting = await desk.line_up("c", 50)
    await asyncio.sleep(3)
    grant.release()
    await at_second(3, outcome(waiting))
    assert not slow.done()
    await at_second(500, outcome(slow))


async def test_a_call_whose_listener_is_slow_reserves_nothing_meanwhile_and_obeys_a_hold_of_then(desk: Desk) -> None:
    grant = await desk.admit("a", 100)
    slow = asyncio.create_task(desk.limiter.admit("b", 100, slowly))
    await settled()
    grant.release()
    assert desk.limiter.state().tokens.used == 0
    await asyncio.sleep(490)
    desk.limiter.hold(30)
    await asyncio.sleep(20)
    assert not slow.done()
    slow.cancel()
    await settled()


async def test_a_large_call_that_is_told_to_wait_is_not_passed_meanwhile(desk: Desk) -> None:
    await desk.admit("a", 50)
    large = asyncio.create_task(desk.limiter.admit("b", 90, slowly))
    await settled()
    small = await desk.line_up("c", 5)
    await asyncio.sleep(20)
    assert not small.done()
    large.cancel()
    await outcome(small)


async def test_the_state_says_what_is_used_and_left_until_when_and_who_waits(desk: Desk) -> None:
    idle = desk.limiter.state()
    assert (idle.requests.left, idle.tokens.left, idle.tokens.resets_in, idle.held_for) == (3, 100, None, None)
    (await desk.admit("a", 30)).correct(10, 10)
    await desk.admit("b", 70)
    _ = await desk.line_up("c", 70)
    await asyncio.sleep(20)
    state = desk.limiter.state()
    assert (state.requests.limit, state.requests.used, state.requests.left) == (3, 2, 1)
    assert (state.tokens.limit, state.tokens.used, state.tokens.left) == (100, 90, 10)
    assert state.requests.resets_in == pytest.approx(COUNTED - 20)
    assert state.tokens.resets_in == pytest.approx(COUNTED)
    assert (state.in_flight, state.waiting) == (1, 1)


async def test_it_is_what_a_conversation_needs_of_a_limiter(desk: Desk) -> None:
    limiter: Limiter = desk.limiter
    assert limiter is desk.limiter


async def test_negative_tokens_are_a_programming_error(desk: Desk) -> None:
    with pytest.raises(ValueError, match="-1 tokens"):
        await desk.admit("a", -1)


@pytest.mark.parametrize(("requests", "tokens"), [(0, 1), (1, 0), (-20, 40_000)])
def test_a_limit_below_one_is_not_one(requests: int, tokens: int) -> None:
    with pytest.raises(ValueError, match="at least 1"):
        Limits(requests, tokens)
