"""A model as an agent: the real client, over a real socket, against the local server."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections import Counter
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

import anyio
import pytest

from botarmy.agents.llm import LlmAgents
from botarmy.domain.errors import DomainError
from botarmy.domain.events import Usage
from botarmy.llm.briefing import Limits
from botarmy.llm.conversation import ARGUMENT_CHARACTERS, LENGTH_NOTE, TEXT_CHARACTERS
from botarmy.llm.models import Models
from botarmy.llm.server import Call, Reply, play
from botarmy.ports import CallEnded, CallStarted, EarlierResult, File, Output, Result, Text, ToolUse
from botarmy.teams import load_teams
from tests.llm.openai_server import serve
from tests.llm.work import MODEL, RESPONSES, FilesInMemory, context, opened, spec, work

DONE = Reply(text="Done. All is well. Third.")


def write(path: str, content: str) -> Call:
    return Call(name="write_file", arguments=json.dumps({"path": path, "content": content}))


def said(outputs: list[Output], channel: str = "text") -> str:
    return "".join(output.text for output in outputs if isinstance(output, Text) and output.channel == channel)


def tool_uses(outputs: list[Output]) -> list[tuple[str, str]]:
    return [(output.status, output.summary) for output in outputs if isinstance(output, ToolUse)]


@pytest.mark.parametrize("model", [MODEL, RESPONSES])
async def test_five_agents_write_a_project_whose_tests_pass(tmp_path: Path, model: str) -> None:
    files = FilesInMemory()
    earlier: list[EarlierResult] = []
    async with serve(play) as served:
        for step in load_teams().by_name["software"].steps:
            at = replace(context(step, model), files=files, earlier=tuple(earlier))
            outputs = await work(served.env, at)
            kinds = Counter(type(output) for output in outputs)
            assert kinds[CallStarted] == kinds[CallEnded] == 3
            assert kinds[Text] > 6, "it streams"
            assert isinstance(outputs[-1], Result)
            earlier.append(
                EarlierResult(agent_name=step.name, title=step.title, status="completed", text=said(outputs))
            )
        assert len(served.server.asked) == 15
        assert all(asked.key == served.env["OPENAI_API_KEY"] for asked in served.server.asked)
        last_prompt = served.server.asked[-1].messages[1]["content"]
        assert served.server.asked[-1].messages[0]["content"].startswith("You are Deployer")
    assert "Tester (Testing) finished and said:" in last_prompt
    assert "- tests/core.test.mjs" in last_prompt

    for path, content in files.held.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(content)
    assert {"Dockerfile", "README.md", "start.sh", "app/index.html", "docs/test-report.md"} <= files.held.keys()
    node = shutil.which("node")
    assert node
    tests = await anyio.run_process([node, "--test"], cwd=tmp_path, check=False)
    assert tests.returncode == 0, tests.stdout.decode()
    assert b"pass 5" in tests.stdout


async def test_outputs_come_in_the_order_of_what_happens() -> None:
    first = Reply(thinking="Hm.", text="I write.", calls=(write("docs/a.md", "# A\n"),))
    async with serve([first, DONE]) as served:
        outputs = await work(served.env, context())
    assert [output for output in outputs if not isinstance(output, Text)] == [
        CallStarted(),
        CallEnded("gpt-5-mini", outputs_usage(outputs, 0)),
        ToolUse("work.1.1.call_0", "write_file", "started", "Writing docs/a.md"),
        File("docs/a.md", b"# A\n"),
        ToolUse("work.1.1.call_0", "write_file", "completed", "Wrote docs/a.md (4 bytes)"),
        CallStarted(),
        CallEnded("gpt-5-mini", outputs_usage(outputs, 1)),
        Result("Done. All is well."),
    ]
    assert said(outputs, "thinking") == "Hm."
    assert said(outputs) == "I write.Done. All is well. Third."


def outputs_usage(outputs: list[Output], call: int) -> Usage:
    usage = [output for output in outputs if isinstance(output, CallEnded)][call].usage
    assert usage is not None
    assert usage.input_tokens > 100
    assert usage.output_tokens > 0
    return usage


async def test_an_agent_reads_back_what_it_wrote_and_what_others_wrote() -> None:
    calls = (
        write("docs/a.md", "mine"),
        Call(name="read_file", arguments='{"path": "docs/a.md"}'),
        Call(name="read_file", arguments='{"path": "docs/old.md"}'),
        Call(name="list_files", arguments="{}"),
        Call(name="search_files", arguments='{"query": "THEIR"}'),
    )
    async with serve([Reply(calls=calls), DONE]) as served:
        await work(served.env, replace(context(), files=FilesInMemory({"docs/old.md": b"theirs"})))
        answers = [message["content"] for message in served.server.asked[1].messages if message["role"] == "tool"]
    assert answers == [
        "Wrote docs/a.md (4 bytes)",
        "mine",
        "theirs",
        "docs/a.md\ndocs/old.md",
        "docs/old.md:1: theirs",
    ]


@pytest.mark.parametrize(
    ("call", "summary"),
    [
        (write("../x", "a"), "“../x” is not a usable file name: it must stay inside the project."),
        (write("/etc/passwd", "a"), "“/etc/passwd” is not a usable file name: it must stay inside the project."),
        (write("big.txt", "a" * (10 * 1024 * 1024 + 1)), "“big.txt” is larger than 10 MiB."),
        (Call(name="read_file", arguments='{"path": "none.md"}'), "There is no such file in this project."),
        (
            Call(name="write_file", arguments='{"path": "a.md", "con'),
            "The model called write_file in a way that cannot be read, and was told so",
        ),
        (
            Call(name="write_file", arguments='{"path": 7}'),
            "The model called write_file in a way that cannot be read, and was told so",
        ),
        (
            Call(name="run_shell", arguments="{}"),
            "The model called run_shell in a way that cannot be read, and was told so",
        ),
    ],
)
async def test_a_tool_call_that_cannot_be_done_is_answered_and_the_agent_goes_on(call: Call, summary: str) -> None:
    async with serve([Reply(calls=(call,)), Reply(calls=(write("a.md", "ok"),)), DONE]) as served:
        outputs = await work(served.env, context())
        told = served.server.asked[1].messages[-1]
    assert told["role"] == "tool"
    assert "rror" in told["content"]
    assert [status for status, _ in tool_uses(outputs)] == ["started", "error", "started", "completed"]
    assert tool_uses(outputs)[1][1] == summary
    assert [output.path for output in outputs if isinstance(output, File)] == ["a.md"]
    assert outputs[-1] == Result("Done. All is well.")


async def test_tool_calls_have_ids_of_their_own_even_where_the_provider_counts_anew() -> None:
    body = {"path": "a.md", "content": "x"}
    async with serve(lambda asked: DONE if len(asked.messages) > 4 else Reply(calls=(write(**body),))) as served:
        first = await work(served.env, context())
        again = await work(served.env, replace(context(), attempt=2))
    ids = [output.call_id for output in (*first, *again) if isinstance(output, ToolUse)]
    assert len(ids) == 2 * len(set(ids)) == 8


async def test_a_tool_that_the_team_did_not_give_is_not_offered() -> None:
    agent = replace(spec(), tools=("read_file", "list_files"))
    async with serve([DONE]) as served:
        await work(served.env, context(agent))
        offered = [tool["function"]["name"] for tool in served.server.asked[0].body["tools"]]
    assert sorted(offered) == ["list_files", "read_file"]


async def test_text_that_cannot_be_stored_is_made_storable_and_can_be_sent_back() -> None:
    first = Reply(text="a\ud83d\x00b", thinking="\udc00", calls=(write("a.md", "x\x00y\x07"), write("\ud800", "z")))
    async with serve([first, DONE]) as served:
        outputs = await work(served.env, context())
    assert said(outputs).startswith("a\ufffd\ufffdb")
    assert said(outputs, "thinking") == "\ufffd"
    for output in outputs:
        str(output).encode()
    assert outputs[-1] == Result("Done. All is well.")


async def test_a_character_that_arrives_in_two_halves_stays_whole() -> None:
    halves = "x" * 11 + "\ud83d\ude00"  # cut by the server into pieces of 12 characters
    async with serve([Reply(text=halves)]) as served:
        assert said(await work(served.env, context())) == "x" * 11 + "\U0001f600"


async def test_a_reply_cut_by_its_length_is_continued_once() -> None:
    async with serve([Reply(text="Once upon a", finish="length"), Reply(text=" time. The end.")]) as served:
        outputs = await work(served.env, context())
        assert served.server.asked[1].messages[-2]["content"] == "Once upon a"
    assert said(outputs) == "Once upon a time. The end."
    assert outputs[-1] == Result("Once upon a time. The end.")


async def test_a_reply_cut_by_its_length_again_says_so() -> None:
    async with serve([Reply(text="Once upon a", finish="length"), Reply(text=" time,", finish="length")]) as served:
        outputs = await work(served.env, context())
    assert said(outputs) == "Once upon a time," + LENGTH_NOTE
    assert [output.finish for output in outputs if isinstance(output, CallEnded)] == ["complete"] * 2


async def test_an_agent_that_writes_without_a_word_is_summed_up_by_its_files() -> None:
    async with serve([Reply(calls=(write("a.md", "x"),)), Reply(text="# Heading\n")]) as served:
        outputs = await work(served.env, context())
    assert outputs[-1] == Result("Wrote a.md.")


@pytest.mark.parametrize("limits", [Limits(requests=3), Limits(tool_calls=2)])
async def test_an_agent_that_never_comes_to_an_end_is_stopped(limits: Limits) -> None:
    async with serve(lambda _: Reply(calls=(write("a.md", "again"),))) as served:
        with pytest.raises(DomainError) as caught:
            await work(served.env, context(), limits=limits)
        assert len(served.server.asked) == 3
    assert caught.value.code == "model_too_many_calls"


@pytest.mark.parametrize(
    "reply",
    [
        Reply(text="x" * (TEXT_CHARACTERS + 1)),
        Reply(calls=(Call(name="write_file", arguments="x" * (ARGUMENT_CHARACTERS + 1)),)),
    ],
    ids=["text", "arguments"],
)
async def test_an_answer_without_end_is_ended(reply: Reply) -> None:
    async with serve([reply]) as served:
        with pytest.raises(DomainError) as caught:
            await work(served.env, context())
    assert caught.value.code == "model_answer_too_long"


async def test_thinking_beyond_its_bound_is_left_out() -> None:
    async with serve([Reply(thinking="h" * (TEXT_CHARACTERS + 500), text="Well.")]) as served:
        outputs = await work(served.env, context())
    assert said(outputs, "thinking") == "h" * TEXT_CHARACTERS
    assert said(outputs) == "Well."


async def test_closing_the_stream_closes_the_connection_to_the_provider() -> None:
    async with serve([Reply(text="Once upon a time", endless=True)]) as served, opened(served.env) as agents:
        at = context()
        async with aclosing(agents(at.agent, MODEL).run(at)) as stream:
            async for output in stream:
                if isinstance(output, Text):
                    break
            with anyio.fail_after(3):
                await stream.aclose()
                await served.server.left.wait()


@pytest.mark.parametrize("spoken", [True, False])
async def test_cancelling_the_task_closes_the_connection_to_the_provider(spoken: bool) -> None:
    reply = Reply(text="Once upon a time" if spoken else "", endless=True)
    async with serve([reply]) as served:
        task = asyncio.create_task(work(served.env, context()))
        with anyio.fail_after(5):
            await served.server.streaming.wait()
            task.cancel()
            await served.server.left.wait()
            with pytest.raises(asyncio.CancelledError):
                await task


async def test_a_cancelled_scope_ends_the_agent_too() -> None:
    async with serve([Reply(text="Once upon a time", endless=True)]) as served:
        async with anyio.create_task_group() as group:
            group.start_soon(work, served.env, context())
            with anyio.fail_after(5):
                await served.server.streaming.wait()
            group.cancel_scope.cancel()
        with anyio.fail_after(5):
            await served.server.left.wait()


async def test_agents_at_work_at_once_share_one_model() -> None:
    async with serve(play) as served, opened(served.env) as agents:
        results: list[Output] = []

        async def one() -> None:
            at = context()
            async with aclosing(agents(at.agent, MODEL).run(at)) as stream:
                results.extend([output async for output in stream if isinstance(output, Result)])

        async with anyio.create_task_group() as group:
            for _ in range(5):
                group.start_soon(one)
        assert len(results) == 5


def test_a_model_that_cannot_be_called_is_refused_when_the_agent_is_made() -> None:
    with pytest.raises(DomainError) as caught:
        LlmAgents(Models({}))(spec(), MODEL)
    assert caught.value.code == "model_not_configured"
