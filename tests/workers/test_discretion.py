"""Whatever an agent says, writes or asks: a secret that the server knows does not get into the log."""

from __future__ import annotations

import base64
from collections.abc import AsyncGenerator

import pytest

from botarmy.domain.errors import DomainError
from botarmy.ports import (
    AgentContext,
    CallEnded,
    CallStarted,
    File,
    Output,
    Progress,
    Question,
    Result,
    Text,
    ToolUse,
    Trouble,
    Waiting,
)
from botarmy.redaction import MASK, Redactor
from tests.workers.office import Office, Play, office

KEY = "ZqvTxLmRkWnYcHdJfGbSpAaQevTxLmRk"
IN_BASE64 = base64.b64encode(f"me:{KEY}".encode()).decode()


def saying(*outputs: Output, failure: Exception | None = None) -> Play:
    async def play(context: AgentContext) -> AsyncGenerator[Output, None]:
        for output in outputs:
            yield output
        if failure is not None:
            raise failure

    return play


async def log_after(it: Office, run_id: str) -> str:
    return repr([entry.body for entry in await it.store.read(0, 1_000)])


EVERYTHING = saying(
    Progress(f"Looking at {KEY}"),
    Waiting(f"Waiting for {KEY}", 0.0),
    Trouble(code="model_failed", message=f"No {KEY}", action=f"Have {KEY}", detail=KEY),
    CallStarted(),
    Text(f"Thinking of {KEY}", "thinking"),
    *(Text(character) for character in f"The key is {KEY}, in other words {IN_BASE64}"),
    ToolUse("1", f"use_{KEY}", "started", f"Using {KEY}"),
    ToolUse("1", f"use_{KEY}", "completed", f"Used {KEY}"),
    File(f"docs/{KEY}.md", f"KEY={KEY}\n".encode()),
    File(f"../{KEY}", b""),
    CallEnded(model=f"model-{KEY}"),
    Result(f"Wrote {KEY}."),
)


@pytest.mark.parametrize(
    "play",
    [
        EVERYTHING,
        saying(Text(f"Almost: {KEY[:-1]}"), failure=DomainError("agent_failed", agent=KEY)),
        saying(Text(KEY), failure=RuntimeError(KEY)),
    ],
)
async def test_a_known_secret_is_in_no_event(play: Play, caplog: pytest.LogCaptureFixture) -> None:
    async with office({"talker": play}) as it:
        it.redact = Redactor([KEY])
        async with it.working():
            run_id = await it.start()
            run = await it.ended(run_id)
        log = await log_after(it, run_id)
        contents = [await it.store.blob(artifact.sha256) for artifact in run.view.artifacts]
    assert KEY not in log
    assert IN_BASE64[5:-3] not in log
    assert all(KEY.encode() not in (content or b"") for content in contents)


async def test_the_rest_of_what_an_agent_says_stays_as_it_is() -> None:
    async with office({"talker": EVERYTHING}) as it:
        it.redact = Redactor([KEY])
        async with it.working():
            run = await it.ended(await it.start())
        content = await it.store.blob(run.view.artifacts[0].sha256)
    (step,) = run.view.steps
    assert step.messages[0].text.startswith(f"The key is {MASK}, in other words bWU6")
    assert step.messages[0].thinking == f"Thinking of {MASK}"
    assert run.view.artifacts[0].path == f"docs/{MASK}.md"
    assert content == f"KEY={MASK}\n".encode()


async def test_what_only_begins_like_a_secret_is_shown_whole_in_the_end() -> None:
    async with office({"talker": saying(CallStarted(), Text(f"Almost: {KEY[:-1]}"), CallEnded(), Result("."))}) as it:
        it.redact = Redactor([KEY])
        async with it.working():
            run = await it.ended(await it.start())
    assert run.view.steps[0].messages[0].text == f"Almost: {KEY[:-1]}"


async def test_a_secret_is_not_in_what_an_agent_leaves_behind_and_asks() -> None:
    async def play(context: AgentContext) -> AsyncGenerator[Output, None]:
        if context.continuation is None:
            yield Question(f"May I use {KEY}?", (f"Yes, {KEY}", "No"), continuation=f"held {KEY}".encode())
            return
        yield Result(context.continuation.decode())

    async with office({"asker": play}) as it:
        it.redact = Redactor([KEY])
        async with it.working():
            run_id = await it.start()
            run = await it.until(run_id, lambda run: bool(run.view.requests))
            (asked,) = run.view.requests
            await it.command(
                "answer_request", run_id=run_id, request_id=asked.request_id, decision="respond", answer="No"
            )
            run = await it.ended(run_id)
        log = await log_after(it, run_id)
    assert KEY not in log
    assert asked.prompt == f"May I use {MASK}?"
    assert f"held {MASK}" in log
