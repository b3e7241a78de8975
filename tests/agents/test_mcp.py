"""Tools of a real server by the Model Context Protocol, used by the model agent."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import sys
from collections.abc import Mapping
from contextlib import aclosing, closing
from dataclasses import replace
from pathlib import Path

import pytest

from botarmy.agents.llm import LlmAgents
from botarmy.agents.mcp import ANSWER_CHARACTERS, McpClients
from botarmy.domain.errors import DomainError
from botarmy.domain.programs import McpServer
from botarmy.llm.models import Models
from botarmy.llm.server import Call, Reply
from botarmy.ports import Approved, Output, Question, Result, ToolUse
from tests.llm.openai_server import serve
from tests.llm.work import ONCE, context, spec

SCRIPT = str(Path(__file__).with_name("tool_server.py"))
SERVER = McpServer(name="maths", command=(sys.executable, SCRIPT), timeout=10)
DONE = Reply(text="Done. All is well. Third.")


def call(name: str, **arguments: object) -> Reply:
    return Reply(calls=(Call(name=name, arguments=json.dumps(arguments)),))


async def work(
    replies: list[Reply], server: McpServer = SERVER, environ: Mapping[str, str] | None = None
) -> tuple[list[Output], list[Mapping[str, object]], list[str]]:
    """The outputs, the tools' answers as the model got them, and the names of the tools that it was offered."""
    at = context(replace(spec(), tools=("list_files",), mcp=(server,)))
    async with serve(replies) as served:
        models = Models(served.env)
        agents = LlmAgents(models, patience=ONCE, mcp=McpClients(environ or os.environ))
        try:
            async with aclosing(agents(at.agent, at.model).run(at)) as stream:
                outputs = [output async for output in stream]
        finally:
            await models.aclose()
        last = served.server.asked[-1]
    offered = [tool["function"]["name"] for tool in last.body["tools"]]
    return outputs, [m for m in last.messages if m["role"] == "tool"], offered


async def test_a_model_calls_a_tool_of_another_server() -> None:
    outputs, answers, offered = await work([call("maths_add", a=2, b=3), DONE])
    assert [answer["content"] for answer in answers] == ["5"]
    uses = [(output.name, output.status, output.summary) for output in outputs if isinstance(output, ToolUse)]
    assert uses == [
        ("maths_add", "started", "Calling maths_add"),
        ("maths_add", "completed", "Called maths: add"),
    ]
    assert outputs[-1] == Result("Done. All is well.")
    assert offered == ["list_files", "maths_add", "maths_variables", "maths_fail", "maths_leave", "maths_much"]


async def test_only_the_tools_that_the_team_file_names_are_offered() -> None:
    _, _, offered = await work([DONE], replace(SERVER, tools=("add",)))
    assert offered == ["list_files", "maths_add"]


async def test_a_server_is_given_harmless_variables_and_those_that_are_named() -> None:
    environ = {**os.environ, "OPENAI_API_KEY": "sk-1", "MY_TOKEN": "t"}
    _, (answer,), _ = await work([call("maths_variables"), DONE], replace(SERVER, env=("MY_TOKEN",)), environ)
    names = str(answer["content"]).split()
    assert "MY_TOKEN" in names
    assert "OPENAI_API_KEY" not in names


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (call("maths_fail"), "Error: "),
        (call("maths_add", a="x"), "Error: "),
        (call("maths_leave"), "Error: maths: leave did not answer."),
        (call("maths_nothing"), ""),
    ],
    ids=["fails", "wrong arguments", "dies", "is not there"],
)
async def test_a_call_that_fails_is_answered_and_the_agent_goes_on(reply: Reply, said: str) -> None:
    outputs, (answer,), _ = await work([reply, DONE])
    assert str(answer["content"]).startswith(said)
    assert "error" in [output.status for output in outputs if isinstance(output, ToolUse)]
    assert outputs[-1] == Result("Done. All is well.")


async def test_a_long_answer_is_cut() -> None:
    _, (answer,), _ = await work([call("maths_much"), DONE])
    assert len(str(answer["content"])) < ANSWER_CHARACTERS + 100
    assert str(answer["content"]).endswith("more characters]")


@pytest.mark.parametrize(
    ("server", "code"),
    [
        (McpServer(name="gone", command=("/nowhere/program",)), "mcp_unreachable"),
        (McpServer(name="mute", command=("true",)), "mcp_unreachable"),
        (McpServer(name="away", url="http://127.0.0.1:9/mcp", timeout=2), "mcp_unreachable"),
        (replace(SERVER, tools=("subtract",)), "mcp_unknown_tool"),
    ],
    ids=["no program", "ends at once", "no address", "no tool"],
)
async def test_a_server_that_cannot_be_used_is_a_failure_with_a_code(server: McpServer, code: str) -> None:
    with pytest.raises(DomainError) as failure:
        await work([DONE], server)
    assert failure.value.code == code


async def test_a_failure_of_the_model_comes_out_as_it_is() -> None:
    with pytest.raises(DomainError) as failure:
        await work([Reply(status=401, error="invalid_api_key")])
    assert failure.value.code == "model_rejected_key"


@pytest.fixture
def port() -> int:
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        number: int = taken.getsockname()[1]
    return number


async def test_a_server_at_an_address_is_called_over_http(port: int) -> None:
    process = await asyncio.create_subprocess_exec(sys.executable, SCRIPT, str(port), stderr=asyncio.subprocess.PIPE)
    try:
        assert process.stderr is not None
        while b"running on" not in (line := await process.stderr.readline()):
            assert line, "the server ended"
        server = McpServer(name="maths", url=f"http://127.0.0.1:{port}/mcp", timeout=10)
        _, answers, _ = await work([call("maths_add", a=2, b=3), DONE], server)
    finally:
        process.terminate()
        await process.communicate()
    assert [answer["content"] for answer in answers] == ["5"]


# --- Approval -----------------------------------------------------------------------------------------------------


GUARDED = replace(SERVER, approval=("add",))


async def guarded(replies: list[Reply], **more: object) -> tuple[list[Output], list[Mapping[str, object]]]:
    at = context(replace(spec(), tools=("ask_user",), mcp=(GUARDED,)))
    at = replace(at, **more)  # type: ignore[arg-type] # by name
    async with serve(replies) as served:
        models = Models(served.env)
        try:
            agent = LlmAgents(models, patience=ONCE, mcp=McpClients(os.environ))(at.agent, at.model)
            async with aclosing(agent.run(at)) as stream:
                outputs = [output async for output in stream]
        finally:
            await models.aclose()
        return outputs, [m for m in served.server.asked[-1].messages if m["role"] == "tool"]


async def asked() -> Question:
    outputs, _ = await guarded([call("maths_add", a=2, b=3)])
    question = outputs[-1]
    assert isinstance(question, Question)
    return question


async def test_a_tool_that_needs_approval_ends_the_job_with_what_it_would_be_called_with() -> None:
    question = await asked()
    assert question.arguments == '{\n  "a": 2,\n  "b": 3\n}'
    assert question.prompt.startswith("May the tool `maths_add` be called with these arguments?\n\n```json\n{")


@pytest.mark.parametrize(
    ("decided", "told"),
    [
        (Approved("approve", None), "5"),
        (Approved("edit", '{"a": 20, "b": 3}'), 'The person changed the arguments to {"a": 20, "b": 3}\n23'),
        (Approved("reject", None), "This was not done: the person did not approve it."),
        (Approved("reject", "Too many"), "This was not done: the person did not approve it and says: Too many."),
        (Approved("respond", "Wait"), "This was not done: the person did not approve it and says: Wait."),
        (None, "This was not done: the person did not approve it."),
    ],
    ids=["approved", "edited", "rejected", "rejected with a word", "a word", "withdrawn"],
)
async def test_the_model_gets_the_result_or_the_refusal(decided: Approved | None, told: str) -> None:
    left = (await asked()).continuation
    approvals = () if decided is None else (decided,)
    outputs, (answer,) = await guarded([DONE], continuation=left, approvals=approvals)
    assert answer["content"] == told
    assert outputs[-1] == Result("Done. All is well.")


async def test_of_two_things_to_ask_in_one_answer_the_first_is_asked() -> None:
    both = Reply(calls=(*call("maths_add", a=1, b=1).calls, *call("ask_user", question="Which?").calls))
    outputs, _ = await guarded([both])
    question = outputs[-1]
    assert isinstance(question, Question)
    after, answers = await guarded([DONE], continuation=question.continuation, approvals=(Approved("approve", None),))
    assert [answer["content"] for answer in answers] == ["2", "Nobody has answered yet."]
    assert after[-1] == Result("Done. All is well.")


async def test_arguments_that_are_too_long_to_be_shown_are_not_asked_about() -> None:
    outputs, (answer,) = await guarded([call("maths_add", a="x" * 3000), DONE])
    assert "longer than can be shown" in str(answer["content"])
    assert outputs[-1] == Result("Done. All is well.")
