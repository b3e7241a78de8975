from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

import pytest

from botarmy.domain.errors import DomainError
from botarmy.domain.events import Usage
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
)
from tests.workers.office import Play, office, team_of

Outputs = AsyncGenerator[Output, None]


def saying(*outputs: Output) -> Play:
    async def play(context: AgentContext) -> Outputs:
        for output in outputs:
            yield output

    return play


async def test_what_an_agent_does_becomes_the_run() -> None:
    play = saying(
        Progress("Reading", 0.2),
        CallStarted(),
        Text("Let me see. ", "thinking"),
        Text("Hello "),
        Text("world"),
        ToolUse("1", "write_file", "started", "Writing a.md"),
        File("a.md", b"# A"),
        ToolUse("1", "write_file", "completed", "Wrote a.md"),
        CallEnded(model="m", usage=Usage(input_tokens=5, output_tokens=7, cost_usd=0.5)),
        Result("Said hello."),
    )
    async with office({"greeter": play}) as it, it.working():
        run = await it.ended(await it.start())
        content = await it.store.blob(run.view.artifacts[0].sha256)
    (step,) = run.view.steps
    (message,) = step.messages
    (call,) = step.tool_calls
    assert run.view.outcome == "succeeded"
    assert (message.text, message.thinking, message.finish, message.model) == (
        "Hello world",
        "Let me see. ",
        "complete",
        "m",
    )
    assert (call.status, call.summary) == ("completed", "Wrote a.md")
    assert content == b"# A"
    assert run.view.usage == step.usage == Usage(input_tokens=5, output_tokens=7, cost_usd=0.5)
    result = step.phases[0].result
    assert result is not None
    assert (result["summary"], result["artifacts"], result["usage"]) == (
        "Said hello.",
        ["a.md"],
        {"input_tokens": 5, "output_tokens": 7, "cost_usd": 0.5},
    )


async def test_text_without_a_model_call_is_a_message_all_the_same() -> None:
    async with office({"plain": saying(Text("Only text"), Result("Done."))}) as it, it.working():
        run = await it.ended(await it.start())
    assert [message.text for message in run.view.steps[0].messages] == ["Only text"]


async def test_an_agent_that_raises_is_shown_and_the_next_one_is_told() -> None:
    told: list[AgentContext] = []

    async def failing(context: AgentContext) -> Outputs:
        yield Text("I begin")
        raise ValueError("secret technical detail")

    async def next_one(context: AgentContext) -> Outputs:
        told.append(context)
        yield Result("Done.")

    async with office({"first": failing, "second": next_one}) as it, it.working():
        run = await it.ended(await it.start())
    first, second = run.view.steps
    assert (first.status, second.status) == ("error", "completed")
    assert (run.view.status, run.view.outcome) == ("completed", "partial")
    assert [message.finish for message in first.messages] == ["interrupted"]
    (error,) = run.view.errors
    assert error.code == "agent_failed"
    assert error.reference
    assert "secret" not in str(run.view)
    (context,) = told
    assert "Agent First encountered an issue. Continuing with workflow..." in context.earlier[0].text


async def test_a_run_without_any_success_has_failed() -> None:
    async with office({"one": saying(Text("…")), "two": saying()}) as it, it.working():
        run = await it.ended(await it.start())
    assert run.view.status == "failed"
    assert {error.code for error in run.view.errors} == {"agent_silent"}


async def test_a_failure_that_may_pass_is_tried_again() -> None:
    tries: list[int] = []

    async def play(context: AgentContext) -> Outputs:
        tries.append(context.attempt)
        yield Text(f"Try {context.attempt}")
        if context.attempt == 1:
            raise DomainError("model_overloaded")
        yield Result("Done.")

    async with office({"stubborn": play}) as it, it.working():
        run = await it.ended(await it.start())
    assert tries == [1, 2]
    assert run.view.outcome == "succeeded"
    assert [(e.code, e.severity) for e in run.view.errors] == [("model_overloaded", "warning")]
    assert [m.finish for m in run.view.steps[0].messages] == ["interrupted", "complete"]


@pytest.mark.parametrize(
    ("path", "size", "code"),
    [
        ("../x", 1, "bad_path"),
        ("/etc/passwd", 1, "bad_path"),
        ("C:\\x", 1, "bad_path"),
        ("", 1, "bad_path"),
        ("big.bin", 50 * 1024 * 1024, "file_too_large"),
    ],
)
async def test_a_file_that_may_not_be_is_refused_in_words_and_the_rest_goes_on(path: str, size: int, code: str) -> None:
    play = saying(File(path, b"x" * size), File("good.md", b"good"), Result("Done."))
    async with office({"writer": play}) as it, it.working():
        run = await it.ended(await it.start())
    assert run.view.outcome == "succeeded"
    assert [artifact.path for artifact in run.view.artifacts] == ["good.md"]
    assert [(error.code, error.severity) for error in run.view.errors] == [(code, "warning")]


async def test_an_agent_reads_what_earlier_ones_and_it_itself_wrote() -> None:
    read: list[bytes] = []

    async def reader(context: AgentContext) -> Outputs:
        yield File("own.md", b"own")
        read.append(await context.files.read("own.md"))
        read.append(await context.files.read("earlier.md"))
        assert context.files.paths() == ["earlier.md", "own.md"]
        with pytest.raises(DomainError):
            await context.files.read("nothing.md")
        yield Result("Done.")

    plays = {"writer": saying(File("earlier.md", b"earlier"), Result("Done.")), "reader": reader}
    async with office(plays) as it, it.working():
        run = await it.ended(await it.start())
    assert run.view.outcome == "succeeded"
    assert read == [b"own", b"earlier"]


async def test_unstorable_characters_are_replaced_and_long_lines_cut() -> None:
    play = saying(Progress("x" * 9_000), Text("half \ud83d nul \x00 end"), Result("a\nb\x00"))
    async with office({"odd": play}) as it, it.working():
        run = await it.ended(await it.start())
    assert run.view.steps[0].messages[0].text == "half \ufffd nul \ufffd end"
    result = run.view.steps[0].phases[0].result
    assert result is not None
    assert result["summary"] == "a b\ufffd"


async def test_a_reply_beyond_the_bound_goes_on_in_a_new_message() -> None:
    play = saying(*[Text("x" * 100_000)] * 6, Result("Done."))
    async with office({"chatty": play}) as it, it.working():
        run = await it.ended(await it.start())
    messages = run.view.steps[0].messages
    assert sum(len(message.text) for message in messages) == 600_000
    assert all(len(message.text) <= 256 * 1024 for message in messages)


class Held:
    """An agent that says something and then waits until it is told to go on, or is stopped."""

    def __init__(self) -> None:
        self.tries = 0
        self.stopped = asyncio.Event()
        self.go_on = asyncio.Event()

    async def play(self, context: AgentContext) -> Outputs:
        self.tries += 1
        yield Text("Working on it")
        try:
            await self.go_on.wait()
        finally:
            self.stopped.set()
        yield Result("Done.")


def speaks(run: object) -> bool:
    from botarmy.domain.run import Run  # noqa: PLC0415 - for the type alone

    assert isinstance(run, Run)
    return any(message.text for step in run.view.steps for message in step.messages)


async def test_a_cancel_stops_an_agent_that_says_nothing() -> None:
    held = Held()
    async with office({"slow": held.play}) as it, it.working():
        run_id = await it.start()
        await it.until(run_id, speaks)
        await it.command("cancel_run", run_id=run_id)
        async with asyncio.timeout(2):
            await held.stopped.wait()
        run = await it.ended(run_id)
    assert run.view.status == "cancelled"
    assert [message.finish for message in run.view.steps[0].messages] == ["cancelled"]


async def test_a_pause_stops_the_agent_and_a_resume_starts_it_again() -> None:
    held = Held()
    async with office({"slow": held.play}) as it, it.working():
        run_id = await it.start()
        await it.until(run_id, speaks)
        await it.command("pause_run", run_id=run_id)
        async with asyncio.timeout(2):
            await held.stopped.wait()
        paused = await it.service.current(run_id)
        assert paused.view.status == "paused"
        assert [m.text for m in paused.view.steps[0].messages] == ["Working on it"]
        held.go_on.set()
        await it.command("resume_run", run_id=run_id)
        run = await it.ended(run_id)
    assert held.tries == 2
    assert run.view.outcome == "succeeded"
    assert run.view.steps[0].attempt == 1


async def test_a_worker_that_stops_hands_its_work_back() -> None:
    held = Held()
    async with office({"slow": held.play}) as it:
        async with it.working():
            run_id = await it.start()
            await it.until(run_id, speaks)
        run = await it.service.current(run_id)
        assert run.view.steps[0].status == "queued"
        assert held.stopped.is_set()
        held.go_on.set()
        async with it.working():
            run = await it.ended(run_id)
    assert run.view.outcome == "succeeded"
    assert run.view.errors == ()


async def test_no_more_jobs_run_at_once_than_the_worker_has_places() -> None:
    held = Held()
    async with office({"slow": held.play}, concurrency=2) as it, it.working():
        runs = [await it.start() for _ in range(5)]
        for run_id in runs[:2]:
            await it.until(run_id, speaks)
        assert held.tries == 2
        held.go_on.set()
        ended = [await it.ended(run_id) for run_id in runs]
    assert {run.view.outcome for run in ended} == {"succeeded"}


async def test_a_late_result_of_a_worker_presumed_dead_is_refused() -> None:
    held = Held()
    async with office({"slow": held.play}) as it:
        async with it.working():
            run_id = await it.start()
            await it.until(run_id, speaks)
            assert await it.hub.take_over() == 1
            await it.until(run_id, lambda _: held.tries == 2)
            held.go_on.set()
            run = await it.ended(run_id)
        entries = await it.store.read(0, 1000, run_id=run_id)
    completed = [e for e in entries if e.type == "job_status" and '"completed"' in e.body]
    assert len(completed) == 1
    assert [error.code for error in run.view.errors] == ["worker_lost"]


async def test_a_question_ends_the_job_and_the_answer_starts_the_next() -> None:
    contexts: list[AgentContext] = []

    async def asking(context: AgentContext) -> Outputs:
        contexts.append(context)
        if not context.answers:
            yield Question("Which colour?", ("red", "blue"))
            return
        yield Result(f"Chose {context.answers[0][1]}.")

    async with office({"asker": asking}) as it, it.working():
        run_id = await it.start()
        waiting = await it.until(run_id, lambda run: run.view.status == "waiting")
        (request,) = waiting.view.requests
        assert (request.prompt, request.options, request.status) == ("Which colour?", ("red", "blue"), "open")
        assert waiting.jobs == ()
        await it.command(
            "answer_request", run_id=run_id, request_id=request.request_id, decision="respond", answer="red"
        )
        run = await it.ended(run_id)
    assert contexts[1].answers == (("Which colour?", "red"),)
    result = run.view.steps[0].phases[0].result
    assert result is not None
    assert result["summary"] == "Chose red."


async def test_notes_reach_the_agents_that_come_later() -> None:
    notes: list[tuple[str, ...]] = []

    async def reader(context: AgentContext) -> Outputs:
        notes.append(context.notes)
        yield Result("Done.")

    held = Held()
    async with office({"slow": held.play, "reader": reader}, team=team_of("Slow", "Reader")) as it, it.working():
        run_id = await it.start()
        await it.until(run_id, speaks)
        await it.command("add_note", run_id=run_id, content="Make it blue")
        held.go_on.set()
        await it.ended(run_id)
    assert notes == [("Make it blue",)]
