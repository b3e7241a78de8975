"""Notes of people on their way to an agent at work."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence

from botarmy.domain.run import Run
from botarmy.domain.users import LOCAL
from botarmy.ports import AgentContext, CallEnded, CallStarted, ClaimedJob, Output, Progress, Result, Standing, Text
from botarmy.service import LocalHub
from tests.workers.office import Office, office

Outputs = AsyncGenerator[Output, None]


class Talker:
    """Makes model calls, and between the first and the second one a person has the time to say something."""

    def __init__(self) -> None:
        self.reached: dict[str, asyncio.Event] = {}
        self.go_on = asyncio.Event()
        self.context: list[tuple[str, ...]] = []
        self.heard: list[Sequence[str]] = []

    async def play(self, context: AgentContext) -> Outputs:
        self.context.append(context.notes)
        yield CallStarted()
        self.heard.append(await context.hear())
        yield Text("First")
        yield CallEnded()
        self.reached.setdefault(context.agent.step, asyncio.Event()).set()
        await self.go_on.wait()
        yield CallStarted()
        self.heard.append(await context.hear())
        self.heard.append(await context.hear())
        yield Text("Second")
        yield CallEnded()
        yield Result("Done.")

    async def until_first(self, step: str) -> None:
        async with asyncio.timeout(20):
            await self.reached.setdefault(step, asyncio.Event()).wait()


def taken(run: Run) -> list[tuple[str, list[str]]]:
    return [(note.content, [one.step for one in note.taken_up]) for note in run.view.notes]


async def test_an_agent_at_work_hears_a_note_at_its_next_call_and_the_next_agent_has_it_from_the_start() -> None:
    first, second = Talker(), Talker()
    second.go_on.set()
    async with office({"first": first.play, "second": second.play}) as it, it.working():
        run_id = await it.start()
        await first.until_first("first")
        await it.command("add_note", run_id=run_id, content="For all")
        await it.command("add_note", run_id=run_id, content="For the second", step="second")
        await it.command("add_note", run_id=run_id, content="For the first", step="first")
        first.go_on.set()
        run = await it.ended(run_id)
    assert (first.context, first.heard) == ([()], [(), ("For all", "For the first"), ()])
    assert (second.context, second.heard) == ([("For all", "For the second")], [(), (), ()])
    assert taken(run) == [
        ("For all", ["first", "second"]),
        ("For the second", ["second"]),
        ("For the first", ["first"]),
    ]
    assert [step.status for step in run.view.steps] == ["completed", "completed"]


async def test_an_agent_that_does_not_ask_has_not_taken_up_what_came() -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def deaf(context: AgentContext) -> Outputs:
        yield Progress("Working")
        begun.set()
        await go_on.wait()
        yield CallStarted()
        yield Text("Done")
        yield Result("Done.")

    async with office({"deaf": deaf}) as it, it.working():
        run_id = await it.start()
        await begun.wait()
        await it.command("add_note", run_id=run_id, content="Hello?")
        go_on.set()
        run = await it.ended(run_id)
    assert taken(run) == [("Hello?", [])]


async def test_what_comes_after_the_last_call_can_still_be_heard_at_the_end() -> None:
    heard: list[Sequence[str]] = []
    called, go_on = asyncio.Event(), asyncio.Event()

    async def play(context: AgentContext) -> Outputs:
        yield CallStarted()
        yield Text("Only call")
        yield CallEnded()
        called.set()
        await go_on.wait()
        heard.append(await context.hear())
        yield Result("Done.")

    async with office({"one": play}) as it, it.working():
        run_id = await it.start()
        await called.wait()
        await it.command("add_note", run_id=run_id, content="One more thing")
        go_on.set()
        run = await it.ended(run_id)
    assert heard == [("One more thing",)]
    assert taken(run) == [("One more thing", ["one"])]


async def test_a_note_taken_up_before_a_pause_is_in_the_context_after_it_and_said_once() -> None:
    talker = Talker()
    async with office({"one": talker.play}) as it, it.working():
        run_id = await it.start()
        await talker.until_first("one")
        await it.command("add_note", run_id=run_id, content="Keep it")
        talker.go_on.set()
        talker.go_on.clear()
        await it.command("pause_run", run_id=run_id)
        talker.go_on.set()
        await it.command("resume_run", run_id=run_id)
        run = await it.ended(run_id)
    assert talker.context == [(), ("Keep it",)]
    assert taken(run) == [("Keep it", ["one"])]


async def test_asking_costs_no_look_into_the_store_where_nothing_is_new() -> None:
    talker = Talker()
    async with office({"one": talker.play}) as it, it.working():
        run_id = await it.start()
        await talker.until_first("one")
        (job,) = (await it.service.run(LOCAL, run_id)).jobs
        asked = Watched(it)
        held = ClaimedJob(job_id=job.job_id, run_id=run_id, step="one", phase="work", attempt=1, token=1)
        for _ in range(100):
            assert await asked.hub.standing(held, None) == Standing(may_call=True)
        assert asked.looks == 0
        talker.go_on.set()
        await it.ended(run_id)


class Watched:
    """A hub over a store that counts who looks into it."""

    def __init__(self, it: Office) -> None:
        self.looks = 0
        self._store = it.store
        self.hub = LocalHub(it.service, self, 30)  # type: ignore[arg-type]  # any look is a failure of the test

    def __getattr__(self, name: str) -> object:
        self.looks += 1
        return getattr(self._store, name)
