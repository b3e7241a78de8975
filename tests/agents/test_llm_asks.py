"""A model that asks a person, and one that goes round in circles: over a real socket, against the local server."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from botarmy.domain.errors import DomainError
from botarmy.llm.prompt import instructions
from botarmy.llm.server import Call, Reply
from botarmy.ports import AgentContext, Output, Question, Result, Text, ToolUse
from tests.llm.openai_server import serve
from tests.llm.work import context, spec, with_files, work

DONE = Reply(text="Done. All is well. Third.")


def call(name: str, **arguments: object) -> Call:
    return Call(name=name, arguments=json.dumps(arguments))


def asking() -> AgentContext:
    return context(replace(spec(), tools=("write_file", "read_file", "list_files", "ask_user")))


ASKS = Reply(text="I have to know.", calls=(call("ask_user", question="Which  colour?", choices=["red", "blue"]),))


async def asked() -> Question:
    async with serve([ASKS]) as served:
        outputs = await work(served.env, asking())
    question = outputs[-1]
    assert isinstance(question, Question)
    return question


async def test_a_question_ends_the_job_and_the_answer_is_that_calls_result_in_the_next() -> None:
    question = await asked()
    assert (question.prompt, question.options) == ("Which colour?", ("red", "blue"))
    after = replace(asking(), answers=(("Which colour?", "blue"),), continuation=question.continuation)
    async with serve([DONE]) as served:
        outputs = await work(served.env, after)
        (request,) = served.server.asked
    assert outputs[-1] == Result("Done. All is well.")
    *_, called, answer = request.messages
    assert called["content"] == "I have to know."
    assert called["tool_calls"][0]["function"]["name"] == "ask_user"
    assert (answer["role"], answer["content"]) == ("tool", "The person answered: blue")
    assert answer["tool_call_id"] == called["tool_calls"][0]["id"]


async def test_a_question_that_nobody_answered_is_for_the_agent_to_decide() -> None:
    after = replace(asking(), continuation=(await asked()).continuation)
    async with serve([DONE]) as served:
        await work(served.env, after)
        assert served.server.asked[0].messages[-1]["content"] == "The person gave no answer: decide yourself."


async def test_a_second_question_has_the_second_answer() -> None:
    first = await asked()
    after = replace(asking(), answers=(("Which colour?", "blue"),), continuation=first.continuation)
    async with serve([Reply(calls=(call("ask_user", question="Which size?"),))]) as served:
        second = (await work(served.env, after))[-1]
    assert isinstance(second, Question)
    answers = (("Which colour?", "blue"), ("Which size?", "M"))
    async with serve([DONE]) as served:
        await work(served.env, replace(asking(), answers=answers, continuation=second.continuation))
        said = [m["content"] for m in served.server.asked[0].messages if m["role"] == "tool"]
    assert said == ["The person answered: blue", "The person answered: M"]


async def test_what_else_the_model_did_in_the_same_answer_is_done_and_a_second_question_is_not_asked() -> None:
    calls = (*ASKS.calls, call("write_file", path="a.md", content="x"), call("ask_user", question="And?"))
    async with serve([Reply(calls=calls)]) as served:
        at = with_files(asking(), {})
        outputs = await work(served.env, at)
    ended = [output.summary for output in outputs if isinstance(output, ToolUse) and output.status != "started"]
    assert ended == [
        "Asked: Which colour?",
        "Wrote a.md (1 byte)",
        "This was not asked: ask one question, and the next one when it is answered.",
    ]
    assert isinstance(outputs[-1], Question)


@pytest.mark.parametrize(
    "arguments",
    [
        {"question": "  "},
        {"question": "x" * 4001},
        {"question": "?", "choices": ["x"] * 21},
        {"question": "?", "choices": [""]},
    ],
    ids=["empty", "long", "many choices", "empty choice"],
)
async def test_a_question_that_makes_no_sense_is_answered_and_the_agent_goes_on(arguments: dict[str, object]) -> None:
    async with serve([Reply(calls=(call("ask_user", **arguments),)), DONE]) as served:
        assert (await work(served.env, asking()))[-1] == Result("Done. All is well.")


def test_only_an_agent_that_may_ask_is_told_that_it_can() -> None:
    assert "ask_user" in instructions(asking())
    assert "ask_user" not in instructions(context())


# --- Circles ------------------------------------------------------------------------------------------------------


async def failure_of(replies: list[Reply]) -> tuple[DomainError, list[Output]]:
    outputs: list[object] = []
    async with serve(replies) as served:
        with pytest.raises(DomainError) as failure:
            await work(served.env, with_files(asking(), {"a.md": b"x"}), into=outputs)
        assert len(served.server.asked) < len(replies)
    return failure.value, [output for output in outputs if isinstance(output, Text)]


async def test_a_model_that_calls_the_same_tool_with_the_same_result_again_and_again_is_stopped() -> None:
    failure, said = await failure_of([Reply(text="Hm.", calls=(call("read_file", path="a.md"),))] * 9)
    assert failure.code == "agent_repeats_itself"
    assert "".join(text.text for text in said if isinstance(text, Text)) == "Hm." * 5


async def test_a_model_that_goes_to_and_fro_between_two_calls_is_stopped() -> None:
    to_and_fro = [Reply(calls=(call("read_file", path="a.md"),)), Reply(calls=(call("list_files"),))]
    failure, _ = await failure_of(to_and_fro * 9)
    assert failure.code == "agent_repeats_itself"


async def test_a_model_that_says_the_same_again_and_again_is_stopped() -> None:
    text = "Now I shall think about it once more, with great care, before I begin to write anything at all."
    replies = [Reply(text=text, calls=(call("read_file", path=f"{n}.md"),)) for n in range(9)]
    failure, _ = await failure_of(replies)
    assert failure.code == "agent_repeats_itself"


async def test_a_model_that_does_the_same_with_another_result_each_time_goes_on() -> None:
    looks = [
        Reply(text="Next.", calls=(call("write_file", path=f"{n}.md", content="x"), call("list_files")))
        for n in range(8)
    ]
    async with serve([*looks, DONE]) as served:
        assert (await work(served.env, with_files(asking(), {})))[-1] == Result("Done. All is well.")
