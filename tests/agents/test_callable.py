from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Iterator
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

import pytest

from botarmy.agents.callable import CallableAgent, Callables
from botarmy.agents.threads import Threads
from botarmy.domain.errors import DomainError
from botarmy.domain.programs import PythonAgent
from botarmy.ports import AgentContext, File, Output, Progress, Question, Result, Text
from tests.agents import own_code
from tests.agents.demo_team import Memory, context_of, spec_of


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(sys, "path", [*sys.path])
    own_code.GO.clear()
    own_code.ENDED.clear()
    yield
    own_code.GO.set()


def the(name: str, threads: Threads | None = None, timeout: int = 20) -> CallableAgent:
    program = PythonAgent(python=f"tests.agents.own_code:{name}", timeout=timeout)
    return Callables(threads=threads or Threads())(program)


def a_context(**more: object) -> AgentContext:
    return replace(context_of(spec_of("counter"), "A brief", Memory()), **more)  # type: ignore[arg-type] # by name


async def outputs_of(name: str, context: AgentContext | None = None) -> list[Output]:
    """As a worker reads them: what is written can be read."""
    context = context or a_context()
    outputs: list[Output] = []
    async with aclosing(the(name).run(context)) as stream:
        async for output in stream:
            if isinstance(output, File) and isinstance(context.files, Memory):
                context.files.contents[output.path] = output.content
            outputs.append(output)
    return outputs


async def failure_of(name: str) -> DomainError:
    with pytest.raises(DomainError) as failure:
        await outputs_of(name)
    return failure.value


async def until(holds: object) -> None:
    """Looks again whenever other threads have had a turn."""
    async with asyncio.timeout(20):
        while not holds():  # type: ignore[operator] # a callable
            await asyncio.to_thread(lambda: None)


async def test_what_a_function_returns_is_its_reply() -> None:
    said = "Counter has read: A brief"
    assert await outputs_of("function") == [Text(said), Result(said)]


async def test_an_async_function_may_return_several_things() -> None:
    assert await outputs_of("async_function") == [File("docs/a.md", b"one"), Text("Wrote it."), Result("Wrote it.")]


async def test_a_generator_yields_progress_files_text_and_a_result_and_ends_with_it() -> None:
    assert await outputs_of("generator") == [
        Progress("Half way", 0.5),
        Progress("At work", 0.75),
        File("docs/a.md", b"A brief"),
        File("b.bin", b"\x00\x01"),
        Text("The brief "),
        Text("is a file now."),
        Result("Done with it."),
    ]
    assert own_code.ENDED == []


async def test_an_async_generator_is_closed_at_its_end() -> None:
    assert await outputs_of("async_generator") == [
        Text("0 files. "),
        Text("That is all. "),
        Result("0 files. That is all."),
    ]
    assert own_code.ENDED == ["async_generator"]


async def test_files_are_read_those_just_written_included() -> None:
    context = a_context()
    assert isinstance(context.files, Memory)
    context.files.contents["before.md"] = b"old"
    said = "".join(output.text for output in await outputs_of("reads", context) if isinstance(output, Text))
    assert said == "old my own ['before.md', 'mine.md'] no missing.md"


async def test_a_question_ends_the_job_and_the_next_one_has_the_answer() -> None:
    first = await outputs_of("asks")
    assert first == [Question("Which colour?", ("red", "blue"))]
    second = await outputs_of("asks", a_context(answers=(("Which colour?", "red"),)))
    assert second == [Question("Which size?")]
    third = await outputs_of("asks", a_context(answers=(("Which colour?", "red"), ("Which size?", "M"))))
    assert third[0] == Text("red, M")


async def test_what_a_question_leaves_behind_comes_back_with_the_answer() -> None:
    (asked,) = await outputs_of("asks_with_state")
    assert isinstance(asked, Question)
    after = a_context(answers=(("Go on?", "yes"),), continuation=asked.continuation)
    assert (await outputs_of("asks_with_state", after))[0] == Text("yes: 3")


async def test_what_an_agent_raises_is_raised() -> None:
    with pytest.raises(ZeroDivisionError):
        await outputs_of("raises")


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("fails", "agent_gave_up_for_now"),
        ("leaves", "agent_failed"),
        ("silent", "agent_silent"),
        ("nonsense", "agent_unreadable"),
        ("odd", "agent_unreadable"),
        ("floods", "agent_too_talkative"),
        ("missing", "agent_not_loaded"),
        ("GO", "agent_not_loaded"),
    ],
)
async def test_a_bad_agent_fails_with_a_code(name: str, code: str) -> None:
    assert (await failure_of(name)).code == code


async def test_a_failure_is_told_in_the_agents_words() -> None:
    assert (await failure_of("fails")).message == "Counter could not do it now: the printer is out of paper."


async def test_a_module_that_ends_the_process_at_its_import_is_not_loaded(tmp_path: Path) -> None:
    (tmp_path / "ends_at_import.py").write_text("raise SystemExit(1)\n", encoding="utf-8")
    agent = Callables(tmp_path)(PythonAgent(python="ends_at_import:agent"))
    with pytest.raises(DomainError) as failure:
        [output async for output in agent.run(a_context())]
    assert failure.value.code == "agent_not_loaded"


async def test_a_module_beside_the_team_files_is_found(tmp_path: Path) -> None:
    (tmp_path / "lies_beside.py").write_text("def agent(context):\n    return 'Found.'\n", encoding="utf-8")
    agent = Callables(tmp_path)(PythonAgent(python="lies_beside:agent"))
    outputs = [output async for output in agent.run(a_context())]
    assert outputs == [Text("Found."), Result("Found.")]


@pytest.mark.parametrize("name", ["blocks", "async_blocks"])
async def test_an_agent_that_blocks_delays_nobody(name: str) -> None:
    longest = 0.0
    blocked = asyncio.create_task(outputs_of(name))
    for _ in range(50):
        begun = time.perf_counter()
        await asyncio.sleep(0.001)
        assert await outputs_of("function")
        longest = max(longest, time.perf_counter() - begun)
    assert not blocked.done()
    assert longest < 2
    own_code.GO.set()
    assert (await blocked)[-1] in (Result("Blocking. Free."), Result("Free."))


async def test_an_agent_that_hangs_is_given_up_at_its_time_limit() -> None:
    threads = Threads()
    with pytest.raises(DomainError) as failure:
        [output async for output in the("async_blocks", threads, timeout=1).run(a_context())]
    assert (failure.value.code, failure.value.retryable) == ("agent_timeout", True)
    assert threads.left_behind() == 1
    own_code.GO.set()
    await until(lambda: threads.left_behind() == 0)


async def test_so_many_threads_may_be_left_behind_and_no_more() -> None:
    threads = Threads(bound=2)
    for _ in range(2):
        stream = the("blocks", threads).run(a_context())
        await anext(stream)
        await stream.aclose()
    with pytest.raises(DomainError) as refusal:
        await anext(the("function", threads).run(a_context()))
    assert refusal.value.code == "agent_threads_used_up"
    own_code.GO.set()
    await until(lambda: threads.left_behind() == 0)
    assert isinstance(await anext(the("function", threads).run(a_context())), Text)


@pytest.mark.parametrize("name", ["waits_for_its_end", "sleeps", "floods"])
async def test_an_agent_that_can_be_stopped_is(name: str) -> None:
    threads = Threads()
    stream = the(name, threads).run(a_context())
    await anext(stream)
    await stream.aclose()
    await until(lambda: threads.left_behind() == 0)
    assert ([] if name == "floods" else [name]) == own_code.ENDED


async def test_cancelling_the_reader_stops_the_agent() -> None:
    threads = Threads()

    async def read() -> None:
        async with aclosing(the("sleeps", threads).run(a_context())) as stream:
            async for _ in stream:
                pass

    reading = asyncio.create_task(read())
    await asyncio.sleep(0)
    reading.cancel()
    await asyncio.wait([reading])
    assert reading.cancelled()
    await until(lambda: threads.left_behind() == 0)
