"""The offline demo shows each thing that can go wrong, says that it is the demo, and hurries."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

import pytest

from botarmy.agents.demo import MISHAPS, check_demo, demo_agent
from botarmy.domain.errors import DomainError
from botarmy.domain.team import AgentSpec, is_demo, model_of
from botarmy.ports import (
    CallEnded,
    CallStarted,
    EarlierResult,
    File,
    Output,
    Progress,
    Question,
    Result,
    Text,
    Trouble,
    Waiting,
)
from tests.agents.demo_team import STEPS, Memory, context_of, spec_of

LONGEST_ANSWER = 30.0


class Clock:
    """Time that passes by sleeping alone."""

    def __init__(self) -> None:
        self.now = 0.0

    async def sleep(self, seconds: float) -> None:
        self.now += seconds


async def played(mishap: str, step: str = "analyst", answered: bool = False) -> list[Output]:
    context = context_of(spec_of(step), "A tip calculator")
    if answered:
        context = replace(context, answers=(("How far?", "Keep it simple"),))
    outputs: list[Output] = []
    with suppress(DomainError):
        async for output in demo_agent(context.agent, 1, Clock().sleep, f"demo:{mishap}").run(context):
            outputs.append(output)  # noqa: PERF401 - what came before a failure counts
    return outputs


def shape(outputs: list[Output]) -> list[type]:
    return [type(output) for output in outputs if not isinstance(output, Text)]


@pytest.mark.parametrize(
    ("mishap", "begins"),
    [
        ("rate_limited", [Waiting, Progress, CallStarted]),
        ("retrying", [CallStarted, Trouble, CallStarted, Trouble, CallStarted]),
        ("stall", [CallStarted, Progress, CallEnded, Trouble]),
        ("cut_off", [CallStarted, CallEnded, Trouble]),
        ("slow", [Progress, Progress, CallStarted]),
    ],
)
async def test_a_mishap_that_passes_is_followed_by_the_work(mishap: str, begins: list[type]) -> None:
    outputs = await played(mishap)
    assert shape(outputs)[: len(begins)] == begins
    assert any(isinstance(output, File) for output in outputs)
    assert isinstance(outputs[-1], Result)


async def test_the_fallback_stands_for_the_work_of_the_demo_too() -> None:
    outputs = await played("fallback")
    assert shape(outputs) == [Trouble, CallStarted, CallEnded, Result]
    assert CallEnded(finish="fallback") in outputs


async def test_a_failure_ends_without_a_result_and_is_not_tried_again() -> None:
    assert shape(await played("error")) == [Progress]


async def test_a_failure_that_passes_is_one_of_the_first_try_alone() -> None:
    assert shape(await played("error_once")) == [Progress]
    again = replace(context_of(spec_of("analyst"), "A tip calculator"), attempt=2)
    outputs = [o async for o in demo_agent(again.agent, 1, Clock().sleep, "demo:error_once").run(again)]
    assert isinstance(outputs[-1], Result)


async def test_a_question_is_asked_once_and_the_work_is_done_when_it_is_answered() -> None:
    asked = await played("question")
    assert isinstance(asked[-1], Question)
    assert not any(isinstance(output, Question) for output in await played("question", answered=True))


@pytest.mark.parametrize("mishap", MISHAPS)
async def test_whoever_reads_it_is_told_that_it_is_the_demo(mishap: str) -> None:
    outputs = await played(mishap)
    troubles = [output for output in outputs if isinstance(output, Trouble)]
    assert all(trouble.action == "This is the demo: nothing is really wrong." for trouble in troubles)
    assert all(trouble.retry_in is None or trouble.retry_in > 0 for trouble in troubles)
    said = [getattr(output, name, "") for output in outputs for name in ("reason", "task", "prompt", "action", "text")]
    assert any("demo" in str(words) for words in said)


@pytest.mark.parametrize("model", ["demo:fire", "demo:", "demo:retrying:twice"])
def test_a_mishap_that_there_is_not_is_refused_with_those_that_there_are(model: str) -> None:
    with pytest.raises(DomainError) as caught:
        demo_agent(spec_of("analyst"), 1, model=model)
    assert caught.value.code == "demo_unknown_mishap"
    assert all(name in caught.value.action for name in MISHAPS)


def test_the_plain_demo_has_no_mishap() -> None:
    assert check_demo("demo") is None
    assert check_demo("demo:stall") == "stall"


@pytest.mark.parametrize(
    ("own", "run", "in_force"),
    [
        (None, "demo", "demo"),
        ("openai-chat:gpt-5", "demo", "demo"),
        ("openai-chat:gpt-5", "demo:stall", "demo:stall"),
        ("demo:error", "demo", "demo:error"),
        ("demo:error", "openai-chat:gpt-5", "demo:error"),
        ("openai-chat:gpt-5", "openai-chat:gpt-5-mini", "openai-chat:gpt-5"),
        ("demonstration:one", "demo", "demo"),
    ],
)
def test_in_a_run_of_the_demo_no_agent_calls_anybody(own: str | None, run: str, in_force: str) -> None:
    spec = spec_of("analyst", model=own)
    assert isinstance(spec, AgentSpec)
    assert model_of(spec, run) == in_force
    assert is_demo(in_force) == (in_force.split(":", maxsplit=1)[0] == "demo")


@pytest.mark.parametrize(
    "brief", ["A tip calculator", "A todo list with priorities", "A command line that counts words"]
)
async def test_each_offline_agent_answers_within_half_a_minute(brief: str) -> None:
    files, earlier = Memory(), list[EarlierResult]()
    for step in STEPS:
        clock = Clock()
        context = context_of(spec_of(step), brief, files, earlier)
        async for output in demo_agent(context.agent, 1, clock.sleep).run(context):
            if isinstance(output, File):
                files.contents[output.path] = output.content
            if isinstance(output, Result):
                earlier.append(
                    EarlierResult(agent_name=step.title(), title=step, status="completed", text=output.summary)
                )
        assert 1.0 < clock.now < LONGEST_ANSWER, step
    assert len(earlier) == len(STEPS)
