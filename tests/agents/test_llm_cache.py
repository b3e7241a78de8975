"""The same question is asked once where answers are kept: the second time it is answered from memory, and says so."""

from __future__ import annotations

import json
from contextlib import aclosing
from dataclasses import replace

import pytest

from botarmy.agents.llm import LlmAgents
from botarmy.domain.events import Usage
from botarmy.llm.allowance import Limits as RateLimits
from botarmy.llm.answers import Answers
from botarmy.llm.limiters import Limiters
from botarmy.llm.models import Models
from botarmy.llm.server import Call, Reply
from botarmy.ports import AgentContext, CallEnded, File, Output, Result, Text, ToolUse
from tests.llm.openai_server import serve
from tests.llm.work import MODEL, ONCE, RESPONSES, FilesInMemory, context

WRITES = Reply(
    thinking="Hm.",
    text="I write.",
    calls=(Call(name="write_file", arguments=json.dumps({"path": "docs/a.md", "content": "# A\n"})),),
)
DONE = Reply(text="Done. All is well.")
OTHER = Reply(text="Another answer.")


async def ran(agents: LlmAgents, at: AgentContext) -> list[Output]:
    outputs: list[Output] = []
    async with aclosing(agents(at.agent, at.model).run(at)) as stream:
        async for output in stream:
            outputs.append(output)
            if isinstance(output, File) and isinstance(at.files, FilesInMemory):
                at.files.held[output.path] = output.content
    return outputs


def told(outputs: list[Output]) -> list[object]:
    """What readers see beside the model's name and what it used."""
    texts = {
        channel: "".join(output.text for output in outputs if isinstance(output, Text) and output.channel == channel)
        for channel in ("thinking", "text")
    }
    return [texts, *(output for output in outputs if isinstance(output, File | ToolUse | Result))]


def ended(outputs: list[Output]) -> list[CallEnded]:
    return [output for output in outputs if isinstance(output, CallEnded)]


@pytest.mark.parametrize("model", [MODEL, RESPONSES])
async def test_a_second_run_of_the_same_is_answered_from_memory_marked_and_free(model: str) -> None:
    async with serve([WRITES, DONE]) as served:
        models = Models(served.env)
        agents = LlmAgents(models, patience=ONCE, answers=Answers())
        first = await ran(agents, context(model=model))
        second = await ran(agents, context(model=model))
        await models.aclose()
    assert len(served.server.asked) == 2
    assert told(second) == told(first)
    assert all(call.model and "cache" not in call.model for call in ended(first))
    assert [(call.model, call.usage) for call in ended(second)] == [
        (f"{call.model} (from the cache)", Usage(input_tokens=0, output_tokens=0, cost_usd=0.0))
        for call in ended(first)
    ]


async def test_what_is_answered_from_memory_takes_nothing_of_the_key_s_minute() -> None:
    limiters = Limiters(RateLimits(1, 100_000), {})
    async with serve([DONE]) as served:
        models = Models(served.env, heard=limiters.hear)
        agents = LlmAgents(models, patience=ONCE, limiter_of=limiters.of, answers=Answers())
        outputs = [await ran(agents, context()) for _ in range(3)]
        await models.aclose()
    assert told(outputs[2]) == told(outputs[0])


@pytest.mark.parametrize(
    "other",
    [
        replace(context(), brief="Another project"),
        replace(context(), model=RESPONSES),
        replace(context(), notes=("Make it blue.",)),
        replace(context(), attempt=2),
    ],
    ids=["another brief", "another model", "another note", "done again"],
)
async def test_another_question_is_asked(other: AgentContext) -> None:
    async with serve([DONE, OTHER]) as served:
        models = Models(served.env)
        agents = LlmAgents(models, patience=ONCE, answers=Answers())
        await ran(agents, context())
        again = await ran(agents, other)
        await models.aclose()
    assert told(again)[0] == {"thinking": "", "text": OTHER.text}


async def test_without_the_setting_every_question_is_asked() -> None:
    async with serve([DONE, OTHER]) as served:
        models = Models(served.env)
        agents = LlmAgents(models, patience=ONCE)
        await ran(agents, context())
        again = await ran(agents, context())
        await models.aclose()
    assert told(again)[0] == {"thinking": "", "text": OTHER.text}


async def test_an_answer_that_was_cut_is_not_kept() -> None:
    cut = Reply(text="The first half,", finish="length")
    async with serve([cut, Reply(text=" the second."), OTHER]) as served:
        models = Models(served.env)
        agents = LlmAgents(models, patience=ONCE, answers=Answers())
        assert told(await ran(agents, context()))[0] == {"thinking": "", "text": "The first half, the second."}
        assert told(await ran(agents, context()))[0] == {"thinking": "", "text": OTHER.text}
        await models.aclose()


def test_what_was_not_asked_for_longest_goes_first() -> None:
    answers = Answers(entries=2)
    answers.keep("a", b"1")
    answers.keep("b", b"2")
    assert answers.recall("a") == b"1"
    answers.keep("c", b"3")
    assert [answers.recall(question) for question in "abc"] == [b"1", None, b"3"]


def test_answers_are_bounded_in_bytes_and_one_that_is_too_large_is_not_kept() -> None:
    answers = Answers(size=10)
    answers.keep("a", b"12345")
    answers.keep("a", b"123456")
    answers.keep("b", b"1234")
    assert (answers.recall("a"), answers.recall("b")) == (b"123456", b"1234")
    answers.keep("c", b"12345")
    assert [answers.recall(question) for question in "abc"] == [None, b"1234", b"12345"]
    answers.keep("d", b"12345678901")
    assert [answers.recall(question) for question in "abcd"] == [None] * 4
