"""What a reader sees of an agent that waits or gets over trouble, and what its worker does meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

import pytest

from botarmy.domain.run import Run
from botarmy.domain.times import elapsed_ms
from botarmy.ports import (
    AgentContext,
    CallEnded,
    CallStarted,
    Output,
    Progress,
    Result,
    Spent,
    Text,
    Trouble,
    Waiting,
)
from tests.workers.office import office, team_of

TROUBLE = Trouble(
    code="model_rate_limited", message="AI service is busy.", action="Nothing needs to be done.", retry_in=8.0
)


class Resting:
    """An agent that says why it rests, and rests until it is told to go on or is stopped."""

    def __init__(self, *before: Output) -> None:
        self._before = before
        self.tries = 0
        self.rests = asyncio.Event()
        self.go_on = asyncio.Event()
        self.stopped = asyncio.Event()

    async def play(self, context: AgentContext) -> AsyncGenerator[Output, None]:
        self.tries += 1
        for output in self._before:
            yield output
        self.rests.set()
        try:
            await self.go_on.wait()
        finally:
            self.stopped.set()
        yield Progress("Goes on")
        yield Result("Done.")


def rests(run: Run) -> bool:
    return run.view.steps[0].retry_at is not None


async def test_a_card_says_what_its_agent_waits_for_and_until_when() -> None:
    agent = Resting(CallStarted(2), Waiting("Waiting for the AI service's limit", 20.0))
    async with office({"one": agent.play}) as it, it.working():
        run = await it.until(await it.start(), rests)
        (step,) = run.view.steps
        assert (step.status, step.task, step.call_attempt) == ("waiting", "Waiting for the AI service's limit", 2)
        assert step.retry_at
        assert elapsed_ms(run.view.updated_at, step.retry_at) == 20_000
        assert run.view.status == "running"
        agent.go_on.set()
        run = await it.ended(run.view.run_id)
    assert run.view.outcome == "succeeded"


async def test_trouble_that_an_agent_gets_over_is_a_warning_and_a_card_that_counts_down() -> None:
    agent = Resting(CallStarted(), Text("I begin"), TROUBLE)
    async with office({"one": agent.play}) as it, it.working():
        run = await it.until(await it.start(), rests)
        (step,) = run.view.steps
        assert (step.status, step.task, step.call_attempt) == ("retrying", "AI service is busy.", 2)
        (error,) = run.view.errors
        assert (error.code, error.severity, error.action) == (TROUBLE.code, "warning", TROUBLE.action)
        assert error.reference
        agent.go_on.set()
        run = await it.ended(run.view.run_id)
    assert run.view.outcome == "succeeded"


@pytest.mark.parametrize("seconds", [-1.0, float("nan"), float("inf"), 1e300])
async def test_a_wait_that_is_no_time_is_shown_as_one_within_a_day(seconds: float) -> None:
    agent = Resting(Waiting("Waiting", seconds))
    async with office({"one": agent.play}) as it, it.working():
        run = await it.until(await it.start(), rests)
        assert run.view.steps[0].retry_at
        assert 0 <= elapsed_ms(run.view.updated_at, run.view.steps[0].retry_at) <= 24 * 3_600_000


@pytest.mark.parametrize("why", [Waiting("Waiting for the AI service's limit", 20.0), TROUBLE])
async def test_a_resting_agent_holds_no_place_that_another_could_use(why: Output) -> None:
    agent = Resting(why)
    async with office({"one": agent.play}, concurrency=1) as it, it.working():
        runs = [await it.start() for _ in range(4)]
        for run_id in runs:
            await it.until(run_id, rests)
        assert agent.tries == 4
        agent.go_on.set()
        assert {(await it.ended(run_id)).view.outcome for run_id in runs} == {"succeeded"}


async def test_an_agent_that_has_rested_holds_its_place_again() -> None:
    agent = Resting(Waiting("Waiting", 1.0), Progress("Goes on"))
    async with office({"one": agent.play}, concurrency=1) as it, it.working():
        first, second = await it.start(), await it.start()
        await agent.rests.wait()
        await it.until(first, lambda run: run.view.steps[0].task == "Goes on")
        agent.go_on.set()
        for run_id in (first, second):
            await it.ended(run_id)


async def test_resting_jobs_have_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("botarmy.workers.worker.RESTING_PER_PLACE", 2)
    agent = Resting(Waiting("Waiting", 20.0))
    async with office({"one": agent.play}, concurrency=1) as it, it.working():
        runs = [await it.start() for _ in range(5)]
        await it.until(runs[1], rests)
        assert (await it.service.current(runs[2])).view.steps[0].status == "queued"
        assert agent.tries == 2
        agent.go_on.set()
        for run_id in runs:
            await it.ended(run_id)


@pytest.mark.parametrize("command", ["cancel_run", "pause_run"])
async def test_a_wait_ends_within_a_tenth_of_a_second_of_a_cancel_or_a_pause(command: str) -> None:
    agent = Resting(Waiting("Waiting", 20.0))
    async with office({"one": agent.play}) as it, it.working():
        run_id = await it.start()
        await it.until(run_id, rests)
        await it.command(command, run_id=run_id)
        async with asyncio.timeout(0.1):
            await agent.stopped.wait()
        run = await it.service.current(run_id)
    assert run.view.steps[0].status == ("cancelled" if command == "cancel_run" else "queued")
    assert run.view.steps[0].retry_at is None


async def test_what_an_agent_has_tried_often_enough_is_not_tried_again() -> None:
    tries: list[int] = []

    async def play(context: AgentContext) -> AsyncGenerator[Output, None]:
        tries.append(context.attempt)
        yield Text("I try")
        raise Spent("model_overloaded")

    async with office({"one": play}, team=team_of("One", attempts=3)) as it, it.working():
        run = await it.ended(await it.start())
    assert tries == [1]
    assert run.view.steps[0].status == "error"
    assert [(error.code, error.severity) for error in run.view.errors] == [("model_overloaded", "error")]


async def test_the_next_agent_is_told_that_a_prepared_message_stands_for_the_work_before() -> None:
    told: list[AgentContext] = []

    async def fallen(context: AgentContext) -> AsyncGenerator[Output, None]:
        yield Trouble(code="model_quota", message="The quota is used up.", action="Check the plan.")
        yield CallStarted()
        yield Text("I will be with you soon.")
        yield CallEnded(finish="fallback")
        yield Result("The quota is used up.")

    async def next_one(context: AgentContext) -> AsyncGenerator[Output, None]:
        told.append(context)
        yield Result("Done.")

    async with office({"first": fallen, "second": next_one}) as it, it.working():
        run = await it.ended(await it.start())
    assert (run.view.status, run.view.outcome) == ("completed", "partial")
    assert [step.status for step in run.view.steps] == ["completed", "completed"]
    (context,) = told
    assert context.earlier[0].status == "error"
    assert context.earlier[0].text.startswith(
        "Agent First encountered an issue. Continuing with workflow... The quota is used up."
    )
