"""What a request may use is guessed from all that is sent, and an answer is kept to what a minute leaves for it."""

from __future__ import annotations

import json

import pytest
from pydantic_ai.messages import ModelRequest, ModelResponse, TextPart, ToolCallPart, ToolReturnPart, UserPromptPart

from botarmy.domain.errors import DomainError
from botarmy.llm.allowance import Limits
from botarmy.llm.briefing import Limits as Talk
from botarmy.llm.server import Call, Reply
from botarmy.llm.tokens import LEAST_ANSWER, estimate_tokens, longest_answer, prompt_tokens
from tests.llm.openai_server import serve
from tests.llm.test_limiters import FEW
from tests.llm.work import MODEL, RESPONSES, context, equipped, work

OLD = "openai-chat:some-model"


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [("", 0, 8), ("The calculator splits a bill between friends. " * 100, 900, 1_300), ("需求分析" * 100, 250, 500)],
)
def test_tokens_are_estimated_from_what_is_said(text: str, least: int, most: int) -> None:
    assert least <= estimate_tokens(text) <= most


def test_what_no_provider_can_be_sent_is_estimated_too() -> None:
    assert estimate_tokens("\ud800", "\x00") > 0


def test_instructions_tools_and_all_that_was_said_are_counted() -> None:
    said = "abcd" * 1_000
    request = ModelRequest(parts=[UserPromptPart(said)])
    call = ToolCallPart("write_file", {"path": "a", "content": said})
    answer = ModelRequest(parts=[ToolReturnPart("write_file", said, "1")])
    alone = prompt_tokens([request])
    assert 1_000 <= alone < 1_020
    assert prompt_tokens([request], said, said) >= 3_000
    assert prompt_tokens([request, ModelResponse(parts=[TextPart(said), call]), answer]) >= 4_000


@pytest.mark.parametrize(
    ("prompt", "wanted", "most", "longest"),
    [
        (5_000, 16_384, None, 16_384),
        (5_000, 16_384, 40_000, 16_384),
        (30_000, 16_384, 40_000, 10_000),
        (40_000 - LEAST_ANSWER, 16_384, 40_000, LEAST_ANSWER),
    ],
)
def test_an_answer_may_have_what_its_prompt_leaves_of_a_minute(
    prompt: int, wanted: int, most: int | None, longest: int
) -> None:
    assert longest_answer(prompt, wanted, most) == longest


def test_a_prompt_that_leaves_no_answer_of_any_use_is_refused_in_words() -> None:
    with pytest.raises(DomainError) as caught:
        longest_answer(39_000, 16_384, 40_000)
    assert caught.value.message == "This is more than the AI service may be asked in a minute."


@pytest.mark.parametrize(
    ("model", "name"),
    [(MODEL, "max_completion_tokens"), (OLD, "max_tokens"), (RESPONSES, "max_output_tokens")],
)
async def test_each_request_says_how_long_its_answer_may_be(model: str, name: str) -> None:
    served_models = ("gpt-5-mini", "some-model")
    replies = [Reply(calls=(Call(name="list_files", arguments="{}"),)), Reply(text="Done.")]
    async with serve(replies, served_models) as served:
        await work(served.env, context(model=model), limits=Talk(output_tokens=2_000))
        assert [asked.body[name] for asked in served.server.asked] == [2_000, 2_000]


async def test_where_a_minute_is_small_the_answer_is_shorter_and_both_fit() -> None:
    async with (
        serve([Reply(text="Done.")]) as served,
        equipped(served.env, Limits(requests=20, tokens=6_000)) as (agents, limiters),
    ):
        at = context()
        [output async for output in agents(at.agent, MODEL).run(at)]
        (asked,) = served.server.asked
        used = limiters.states()["openai"].tokens.used
    longest = asked.body["max_completion_tokens"]
    assert LEAST_ANSWER <= longest < 6_000
    sent = [asked.body["messages"], asked.body["tools"]]
    assert 0.8 < (6_000 - longest) / estimate_tokens(json.dumps(sent)) < 1.25
    assert 0 < used < 6_000


async def test_what_no_minute_can_hold_is_asked_of_nobody() -> None:
    async with (
        serve([Reply(text="Done.")]) as served,
        equipped(served.env, Limits(requests=FEW.requests, tokens=1_500)) as (agents, limiters),
    ):
        at = context()
        with pytest.raises(DomainError) as caught:
            [output async for output in agents(at.agent, MODEL).run(at)]
        assert served.server.asked == []
        assert limiters.states()["openai"].requests.used == 0
    assert caught.value.code == "model_over_minute"
