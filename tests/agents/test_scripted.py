from __future__ import annotations

import time
from collections.abc import AsyncGenerator

import anyio
import pytest

from botarmy.agents.demo import demo_agent
from botarmy.agents.scripted import ScriptedAgent
from botarmy.ports import AgentContext, CallEnded, CallStarted, File, Output, Progress, Result, Text
from tests.agents.demo_team import STEPS, Memory, context_of, run_team, spec_of

BRIEFS = (
    "A pomodoro timer for teams",
    "track my reading list",
    "a command line tool in Python that counts words",
    "quiz about European capitals",
)
SCRIPT: tuple[Output, ...] = (
    Progress("Reading", 0.0),
    CallStarted(),
    Text("A few words, then more.\n\n  And an indented line."),
    File("docs/a.md", b"x" * 9_000),
    CallEnded(model="demo"),
    Result("Done."),
)


class Sleeper:
    """Counts the pauses asked for, and takes none."""

    def __init__(self) -> None:
        self.pauses: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.pauses.append(seconds)


def a_context(brief: str = "A timer") -> AgentContext:
    return context_of(spec_of("analyst"), brief)


async def test_cuts_text_into_small_pieces_and_loses_none_of_it() -> None:
    outputs = [output async for output in ScriptedAgent(SCRIPT, 0).run(a_context())]
    pieces = [output.text for output in outputs if isinstance(output, Text)]
    assert "".join(pieces) == "A few words, then more.\n\n  And an indented line."
    assert len(pieces) > 8
    assert [output for output in outputs if not isinstance(output, Text)] == [
        o for o in SCRIPT if not isinstance(o, Text)
    ]


async def test_speed_multiplies_every_pause() -> None:
    totals = []
    for speed in (1.0, 2.0, 0.1):
        sleeper = Sleeper()
        _ = [output async for output in ScriptedAgent(SCRIPT, speed, sleeper).run(a_context())]
        totals.append(sum(sleeper.pauses))
    assert totals[1] == pytest.approx(2 * totals[0])
    assert totals[2] == pytest.approx(totals[0] / 10)
    assert totals[0] > 1


async def test_never_sleeps_at_speed_0() -> None:
    sleeper = Sleeper()
    _ = [output async for output in ScriptedAgent(SCRIPT, 0, sleeper).run(a_context())]
    assert sleeper.pauses == []


async def test_lets_others_run_at_speed_0() -> None:
    script = [Text("word " * 2_000)]
    turns = 0

    async def other() -> None:
        nonlocal turns
        while True:
            turns += 1
            await anyio.lowlevel.checkpoint()

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(other)
        _ = [output async for output in ScriptedAgent(script, 0).run(a_context())]
        tasks.cancel_scope.cancel()
    assert turns > 20


@pytest.mark.parametrize("speed", [-1.0, float("nan"), float("inf")])
def test_refuses_a_speed_that_makes_no_sense(speed: float) -> None:
    with pytest.raises(ValueError, match="speed"):
        ScriptedAgent(SCRIPT, speed)


@pytest.mark.parametrize("brief", BRIEFS)
async def test_the_demo_takes_about_a_minute_at_a_models_speed(brief: str) -> None:
    files = Memory()
    seconds = []
    for step in STEPS:
        sleeper = Sleeper()
        context = context_of(spec_of(step), brief, files)
        agent = demo_agent(context.agent, 1, sleeper)
        async for output in agent.run(context):
            if isinstance(output, File):
                files.contents[output.path] = output.content
        seconds.append(sum(sleeper.pauses))
    assert max(seconds) < 30
    assert 40 < sum(seconds) < 75


async def test_the_first_words_come_within_400_ms_at_a_models_speed() -> None:
    sleeper = Sleeper()
    stream = demo_agent(spec_of("analyst"), 1, sleeper).run(a_context())
    async for output in stream:
        if isinstance(output, Text):
            break
    await stream.aclose()
    assert 0.1 < sum(sleeper.pauses) < 0.4


async def test_the_first_words_come_at_once_at_speed_0() -> None:
    quickest = 1.0
    for _ in range(5):
        started = time.perf_counter()
        stream = demo_agent(spec_of("analyst"), 0).run(a_context("x" * 32_000))
        async for output in stream:
            if isinstance(output, Text):
                break
        quickest = min(quickest, time.perf_counter() - started)
        await stream.aclose()
    assert quickest < 0.005


async def test_closing_the_stream_closes_the_script() -> None:
    closed = False

    async def script(_context: AgentContext) -> AsyncGenerator[Output, None]:
        nonlocal closed
        try:
            yield Text("one")
            yield Text("two")
        finally:
            closed = True

    stream = ScriptedAgent(script, 0).run(a_context())
    await anext(stream)
    await stream.aclose()
    assert closed


async def test_cancelling_in_a_pause_ends_the_agent_there() -> None:
    seen: list[Output] = []
    waiting = anyio.Event()

    async def sleep_forever(_seconds: float) -> None:
        waiting.set()
        await anyio.sleep_forever()

    async def read(context: AgentContext) -> None:
        stream = demo_agent(context.agent, 1, sleep_forever).run(context)
        while True:
            seen.append(await anext(stream))

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(read, a_context())
        await waiting.wait()
        tasks.cancel_scope.cancel()
    assert [type(output) for output in seen] == [Progress, CallStarted]


async def test_every_message_of_the_demo_begins_and_ends_and_is_labelled() -> None:
    for outputs in (await run_team("A todo list with priorities")).outputs.values():
        open_message = False
        calls = 0
        for output in outputs[:-1]:
            if isinstance(output, CallStarted):
                assert not open_message
                open_message, calls = True, calls + 1
            elif isinstance(output, CallEnded):
                assert open_message
                assert output.model == "demo"
                assert output.usage is not None
                assert output.usage.cost_usd == 0.0
                assert output.usage.output_tokens > 5
                open_message = False
            elif isinstance(output, Text):
                assert open_message
        assert not open_message
        assert calls >= 2
        assert isinstance(outputs[-1], Result)


async def test_progress_only_grows() -> None:
    for outputs in (await run_team("A tip calculator")).outputs.values():
        shares = [output.progress for output in outputs if isinstance(output, Progress) and output.progress is not None]
        assert shares == sorted(shares)
        assert 0 <= shares[0] <= shares[-1] <= 1


async def test_an_agent_may_be_run_twice() -> None:
    agent = demo_agent(spec_of("analyst"), 0)
    first = [output async for output in agent.run(a_context())]
    assert [output async for output in agent.run(a_context())] == first
