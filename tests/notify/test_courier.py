"""What is told, and when: a real log, a courier over it, and time that is only thought."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import anyio
import pytest

from botarmy.bootstrap.system import SystemClock
from botarmy.delivery.feed import Feed
from botarmy.domain.events import Usage
from botarmy.domain.run import Run
from botarmy.domain.times import Timestamp, later
from botarmy.notify import Courier, Desk, Notice, Undelivered
from botarmy.notify.courier import FIRST_PAUSE, GIVE_UP_SECONDS, LONGEST_PAUSE, Sleep
from botarmy.ports import AgentContext, CallEnded, CallStarted, Output, Question, Result, Text
from botarmy.redaction import Redactor
from tests.workers.office import Office, office

HOUR = 3600.0
DAY = 24 * HOUR
KEY = "s3cret-value-of-the-server"


async def asking(context: AgentContext) -> AsyncGenerator[Output, None]:
    if not context.answers:
        yield Question(f"Which currency? My key is {KEY}.", ("Euro", "Dollar"))
    yield Result("Done.")


@dataclass
class Time:
    """Stands still, unless somebody sleeps."""

    at: Timestamp = field(default_factory=SystemClock().now)
    slept: list[float] = field(default_factory=list)

    def now(self) -> Timestamp:
        return self.at

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.at = later(self.at, seconds)
        await asyncio.sleep(0)

    def passes(self, seconds: float) -> None:
        self.at = later(self.at, seconds)


@dataclass
class Heard:
    """A channel that keeps what it is given. `fails` says of each notice what goes wrong, if anything."""

    name: str = "webhook"
    notices: list[Notice] = field(default_factory=list)
    tried: int = 0
    fails: Callable[[Notice], Exception | None] = lambda _: None

    async def send(self, notice: Notice) -> None:
        self.tried += 1
        failure = self.fails(notice)
        if failure is not None:
            raise failure
        self.notices.append(notice)

    @property
    def kinds(self) -> list[str]:
        return [notice.kind for notice in self.notices]


@dataclass
class Post:
    """A place of work with a log that is followed."""

    it: Office
    feed: Feed
    time: Time
    heard: Heard

    def courier(self, sleep: Sleep | None = None) -> Courier:
        desk = Desk(self.it.service, self.it.store, "https://bots.example.org/", Redactor([KEY]))
        store = self.it.store
        return Courier(self.heard, self.feed, desk, store, store.epoch, DAY, self.time, sleep or self.time.sleep)

    async def asked(self) -> Run:
        """A run that waits for a person."""
        run_id = await self.it.start("A tip calculator")
        return await self.it.until(run_id, lambda run: run.view.status == "waiting")

    async def answered(self, run: Run) -> Run:
        (request,) = run.view.requests
        run_id = run.view.run_id
        await self.it.command(
            "answer_request", run_id=run_id, request_id=request.request_id, decision="respond", answer="Euro"
        )
        return await self.it.ended(run_id)

    async def caught_up(self) -> None:
        await self.feed.reached(await self.it.store.head())


@asynccontextmanager
async def post(**plays: Any) -> AsyncIterator[Post]:
    async with office(plays or {"analyst": asking}) as it, it.working(), anyio.create_task_group() as tasks:
        feed = Feed(it.store, it.bus)
        await tasks.start(feed.run)
        yield Post(it, feed, Time(), Heard())
        tasks.cancel_scope.cancel()


async def test_what_needs_a_person_and_what_has_ended_is_told_once_and_in_order() -> None:
    async with post() as at:
        courier = at.courier()
        await courier.go_on()
        run = await at.asked()
        await at.caught_up()
        await courier.go_on()
        (asked,) = at.heard.notices
        await at.answered(run)
        await at.caught_up()
        await courier.go_on()
        await courier.go_on()
        await at.courier().go_on()
    assert at.heard.kinds == ["request.opened", "run.ended"]
    assert asked.headline == "“A tip calculator” needs you: a question of Analyst"
    assert asked.url == f"https://bots.example.org/projects/{run.view.run_id}"
    assert asked.run is not None
    assert asked.request is not None
    assert (asked.run["run_id"], asked.run["owner"]) == (run.view.run_id, "local")
    assert (asked.request["kind"], asked.request["options"]) == ("question", ["Euro", "Dollar"])
    ended = at.heard.notices[1]
    assert ended.headline == "“A tip calculator” is complete"
    assert ended.run is not None
    assert (ended.run["status"], ended.run["outcome"]) == ("completed", "succeeded")


async def test_no_secret_of_the_server_goes_out() -> None:
    async with post() as at:
        courier = at.courier()
        await courier.go_on()
        await at.asked()
        await at.caught_up()
        await courier.go_on()
    (notice,) = at.heard.notices
    assert KEY not in repr(notice)
    assert "[removed]" in notice.lines[0]


async def test_what_happened_before_a_channel_was_set_up_is_not_told() -> None:
    async with post() as at:
        await at.asked()
        await at.caught_up()
        await at.courier().go_on()
    assert at.heard.notices == []


async def test_what_was_not_taken_is_sent_by_the_courier_after_a_crash() -> None:
    def dies(_: Notice) -> Exception:
        return KeyboardInterrupt()  # type: ignore[return-value]  # as a power cut: nothing of ours sees it

    async with post() as at:
        courier = at.courier()
        await courier.go_on()
        run = await at.asked()
        await at.caught_up()
        at.heard.fails = dies
        with pytest.raises(KeyboardInterrupt):
            await courier.go_on()
        at.heard.fails = lambda _: None
        await at.courier().go_on()
        assert at.heard.kinds == ["request.opened"]
        await at.answered(run)
        await at.caught_up()
        await at.courier().go_on()
    assert at.heard.kinds == ["request.opened", "run.ended"]


async def test_it_is_tried_for_a_day_with_longer_and_longer_pauses_and_then_the_next_one_is() -> None:
    async with post() as at:
        courier = at.courier()
        await courier.go_on()
        run = await at.answered(await at.asked())
        await at.answered(await at.asked())
        await at.caught_up()
        at.heard.fails = lambda notice: (
            Undelivered("Nobody is there.") if notice.run and notice.run["run_id"] == run.view.run_id else None
        )
        await courier.go_on()
    assert at.time.slept[:3] == [FIRST_PAUSE, 2 * FIRST_PAUSE, 4 * FIRST_PAUSE]
    assert max(at.time.slept) == LONGEST_PAUSE
    assert GIVE_UP_SECONDS - LONGEST_PAUSE <= sum(at.time.slept) <= GIVE_UP_SECONDS + LONGEST_PAUSE
    assert at.heard.kinds == ["run.ended"], "the questions were answered meanwhile"


async def test_what_the_other_side_does_not_want_is_not_offered_again() -> None:
    async with post() as at:
        courier = at.courier()
        await courier.go_on()
        await at.asked()
        await at.caught_up()
        at.heard.fails = lambda _: Undelivered("Not this one.", lasting=True)
        await courier.go_on()
        await courier.go_on()
    assert (at.heard.tried, at.time.slept) == (1, [])


async def test_a_question_that_is_answered_while_nobody_can_be_told_is_not_told_any_more() -> None:
    async with post() as at:
        courier = at.courier()
        await courier.go_on()
        run = await at.asked()
        await at.caught_up()
        answered = False

        async def sleep(seconds: float) -> None:
            nonlocal answered
            if not answered:
                answered = True
                await at.answered(run)

        at.heard.fails = lambda notice: Undelivered("Busy.") if notice.kind == "request.opened" else None
        courier = at.courier(sleep)
        await courier.go_on()
        await at.caught_up()
        await courier.go_on()
    assert (at.heard.tried, at.heard.kinds) == (2, ["run.ended"])


async def test_a_channel_that_fails_as_nobody_thought_does_not_end_the_courier() -> None:
    async with post() as at:
        courier = at.courier()
        await courier.go_on()
        await at.asked()
        await at.caught_up()
        at.heard.fails = lambda _: RuntimeError("a bug") if at.heard.tried < 3 else None
        await courier.go_on()
    assert (at.heard.tried, at.heard.kinds) == (3, ["request.opened"])


async def test_an_open_request_is_told_of_again_after_a_day_and_then_daily_with_its_age() -> None:
    async with post() as at:
        courier = at.courier()
        await courier.remind()
        run = await at.asked()
        at.time.passes(60)
        for hours, expected in ((23, 0), (2, 1), (10, 1), (12, 1), (1, 2), (23, 2), (1, 3)):
            at.time.passes(hours * HOUR)
            await courier.remind()
            assert len(at.heard.notices) == expected, (hours, expected)
        again = at.courier()
        await again.remind()
        assert len(at.heard.notices) == 3, "a restart repeats nothing"
        at.time.passes(5 * DAY)
        await again.remind()
        at.time.passes(60)
        await again.remind()
        assert len(at.heard.notices) == 4, "for days of silence there is one reminder"
        await at.answered(run)
        at.time.passes(2 * DAY)
        await again.remind()
    assert set(at.heard.kinds) == {"request.reminder"}
    assert [notice.headline for notice in at.heard.notices] == [
        f"“A tip calculator” still needs you, for {age} now: a question of Analyst"
        for age in ("25 hours", "2 days", "3 days", "8 days")
    ]
    assert len({notice.notice_id for notice in at.heard.notices}) == 4
    assert "nothing is decided by time" in at.heard.notices[0].lines[1]


async def test_a_request_waits_for_a_month_and_nobody_but_a_person_answers_it() -> None:
    async with post() as at:
        courier = at.courier()
        await courier.remind()
        run = await at.asked()
        for _ in range(30):
            at.time.passes(DAY)
            await courier.remind()
        now = await at.it.service.current(run.view.run_id)
    assert [request.status for request in now.view.requests] == ["open"]
    assert 29 <= len(at.heard.notices) <= 30


async def test_each_channel_remembers_for_itself() -> None:
    async with post() as at:
        first = at.courier()
        await first.go_on()
        at.heard, webhook = Heard(name="email"), at.heard
        second = at.courier()
        await second.go_on()
        await at.asked()
        await at.caught_up()
        await second.go_on()
        assert (webhook.kinds, at.heard.kinds) == ([], ["request.opened"])
        await first.go_on()
    assert webhook.kinds == ["request.opened"]


async def test_ordinary_work_is_not_looked_at_twice_nor_told() -> None:
    async def talking(_: AgentContext) -> AsyncGenerator[Output, None]:
        yield CallStarted()
        for number in range(50):
            yield Text(f"{number} ")
        yield CallEnded(usage=Usage(input_tokens=1, output_tokens=1))
        yield Result("Done.")

    async with post(analyst=talking) as at:
        courier = at.courier()
        await courier.go_on()
        await at.it.ended(await at.it.start())
        await at.caught_up()
        await courier.go_on()
    assert at.heard.kinds == ["run.ended"]
