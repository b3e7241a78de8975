"""What an agent does about a provider that fails, and what its reader sees of it: the real client, a local server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import aclosing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from botarmy.agents.llm import LlmAgents
from botarmy.domain.errors import DomainError
from botarmy.llm.hush import ANSWERS, ASKS, ASKS_AGAIN, LONGER, WAITS, Hush
from botarmy.llm.limiter import Unlimited
from botarmy.llm.models import Deadlines, Models
from botarmy.llm.patience import Patience
from botarmy.llm.server import Asked, Call, Reply
from botarmy.ports import (
    AgentContext,
    CallEnded,
    CallStarted,
    Output,
    Progress,
    Result,
    Spent,
    Text,
    ToolUse,
    Trouble,
    Waiting,
)
from tests.llm.openai_server import serve
from tests.llm.test_faults import FAULTS, IMPATIENT
from tests.llm.work import MODEL, RESPONSES, context, opened, shipped, spec, work
from tests.workers.office import office

DONE = Reply(text="Done. All is well.")
BUSY = Reply(status=429)
CUT = Reply(text="Once upon a time", cut_after=2)
LISTS = Reply(calls=(Call(name="list_files", arguments="{}"),))
OTHER = "openai-chat:gpt-other"
PASSING = {
    "a rate limit": "AI service is busy. Retrying in a moment...",
    "a server error": "The AI service has a problem of its own.",
    "a server that is away": "The AI service has a problem of its own.",
    "a server that is overloaded": "The AI service is overloaded.",
    "a server that waited too long": "The AI service took too long to answer.",
    "a connection cut before the first piece": "The AI service's answer broke off.",
    "a connection cut in the middle": "The AI service's answer broke off.",
    "an end without a finish": "The AI service's answer broke off.",
    "a piece that is no JSON": "The AI service's answer broke off.",
    "an answer that never begins": "The AI service took too long to answer.",
    "an answer that stops in the middle": "The AI service took too long to answer.",
}
"""What is tried again, and what the reader is told meanwhile."""


def soon(reply: Reply | None) -> Deadlines:
    """Deadlines that end a reply which ends never, and no other one."""
    return Deadlines(first_token=1.0, between_tokens=1.0) if reply and reply.endless else Deadlines()


class Pauses:
    """A sleep that takes no time and remembers how long it would have been."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.seconds.append(seconds)

    def patience(self, attempts: int = 3) -> Patience:
        return Patience(attempts=attempts, sleep=self.sleep, chance=lambda: 1.0)


def troubles(outputs: list[Output]) -> list[Trouble]:
    return [output for output in outputs if isinstance(output, Trouble)]


def calls(outputs: list[Output]) -> list[tuple[int, str]]:
    """(call attempt, how it ended) of each model call."""
    started = [output.call_attempt for output in outputs if isinstance(output, CallStarted)]
    ended = [output.finish for output in outputs if isinstance(output, CallEnded)]
    return list(zip(started, ended, strict=True))


@pytest.mark.parametrize("model", [MODEL, RESPONSES])
@pytest.mark.parametrize("what", PASSING)
async def test_what_may_pass_is_tried_again_and_the_reader_is_told(what: str, model: str) -> None:
    reply, _ = FAULTS[what]
    assert reply
    pauses = Pauses()
    async with serve([reply, reply, DONE]) as served:
        outputs = await work(served.env, context(model=model), deadlines=soon(reply), patience=pauses.patience())
        assert len(served.server.asked) == 3
        assert served.server.asked[0].body == served.server.asked[2].body
    assert calls(outputs) == [(1, "interrupted"), (2, "interrupted"), (3, "complete")]
    asked = float(reply.headers.get("retry-after", 0))
    assert pauses.seconds == [asked + 1.0, asked + 2.0]
    assert [trouble.retry_in for trouble in troubles(outputs)] == pauses.seconds
    assert {(trouble.message, trouble.action) for trouble in troubles(outputs)} == {
        (PASSING[what], "Nothing needs to be done.")
    }
    assert outputs.count(Progress(ASKS_AGAIN)) == 2
    assert outputs[-1] == Result("Done. All is well.")


@pytest.mark.parametrize("what", sorted(FAULTS.keys() - PASSING.keys() - {"silence, again and again"}))
async def test_what_cannot_pass_is_not_tried_again(what: str) -> None:
    reply, code = FAULTS[what]
    pauses = Pauses()
    async with serve([reply or DONE, DONE]) as served:
        with pytest.raises(Spent) as caught:
            await work(served.env, context(), patience=pauses.patience())
        assert len(served.server.asked) == 1
    assert (caught.value.code, pauses.seconds) == (code, [])


async def test_an_agent_gives_up_after_its_attempts_and_no_longer_promises_to_try_again() -> None:
    outputs: list[object] = []
    async with serve(lambda _: BUSY) as served:
        with pytest.raises(Spent) as caught:
            await work(served.env, context(), patience=Pauses().patience(), into=outputs)
        assert len(served.server.asked) == 3
    assert len([output for output in outputs if isinstance(output, Trouble)]) == 2
    assert caught.value.message == "The AI service stayed busy."


async def test_a_moment_that_the_provider_names_is_waited_for() -> None:
    pauses = Pauses()
    at = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
    async with serve([Reply(status=503, headers={"retry-after": at}), DONE]) as served:
        await work(served.env, context(), patience=pauses.patience())
    assert 20 < pauses.seconds[0] <= 31


async def test_a_provider_that_asks_to_wait_too_long_is_not_waited_for() -> None:
    async with serve([Reply(status=429, headers={"retry-after": "3600"}), DONE]) as served:
        with pytest.raises(Spent):
            await work(served.env, context(), patience=Pauses().patience())
        assert len(served.server.asked) == 1


@pytest.mark.parametrize("chance", [0.0, 0.25, 1.0])
def test_pauses_double_and_any_part_of_one_is_as_likely(chance: float) -> None:
    patience = Patience(attempts=5, chance=lambda: chance)
    pauses = [patience.pause("model_overloaded", attempt, None) for attempt in range(1, 6)]
    assert pauses == [chance, 2 * chance, 4 * chance, 8 * chance, None]


async def test_a_request_is_made_again_with_all_that_was_done_before_it() -> None:
    async with serve([LISTS, CUT, DONE]) as served:
        outputs = await work(served.env, context(), patience=Pauses().patience())
        _, second, third = served.server.asked
        assert second.messages == third.messages
        assert third.messages[-1]["role"] == "tool"
    assert len([output for output in outputs if isinstance(output, ToolUse)]) == 2
    assert calls(outputs) == [(1, "complete"), (1, "interrupted"), (2, "complete")]


async def test_attempts_are_counted_anew_for_each_request() -> None:
    replies = [BUSY, BUSY, LISTS, BUSY, BUSY, LISTS, CUT, DONE]
    async with serve(replies) as served:
        outputs = await work(served.env, context(), patience=Pauses().patience())
        assert len(served.server.asked) == len(replies)
    assert [attempt for attempt, _ in calls(outputs)] == [1, 2, 3, 1, 2, 3, 1, 2]
    assert outputs[-1] == Result("Done. All is well.")


def by_model(**answers: Callable[[], Reply]) -> Callable[[Asked], Reply]:
    return lambda asked: answers[asked.body["model"].removeprefix("gpt-").replace("-", "_")]()


async def test_another_model_takes_over_with_all_that_was_done() -> None:
    first = iter([LISTS, Reply(status=401)])
    answers = by_model(**{"5_mini": lambda: next(first), "other": lambda: DONE})
    async with serve(answers, ("gpt-5-mini", "gpt-other")) as served:
        outputs = await work(served.env, context(replace(spec(), models=(OTHER,))), patience=Pauses().patience())
        assert served.server.asked[-1].messages == served.server.asked[-2].messages
        assert served.server.asked[-1].body["model"] == "gpt-other"
    (trouble,) = troubles(outputs)
    assert (trouble.code, trouble.retry_in) == ("model_rejected_key", None)
    assert trouble.action == "Nothing needs to be done: another model takes over."
    assert outputs[-1] == Result("Done. All is well.")


async def test_a_model_that_is_not_set_up_is_passed_over_where_there_is_another() -> None:
    async with serve([DONE]) as served:
        agent = replace(spec(), models=(MODEL,))
        outputs = await work(served.env, context(agent, "nobody:model"))
    assert [trouble.code for trouble in troubles(outputs)] == ["model_unknown_provider"]
    assert outputs[-1] == Result("Done. All is well.")


@pytest.mark.parametrize("what", sorted(FAULTS.keys() - {"silence, again and again"}))
async def test_where_no_model_can_be_had_a_prepared_message_stands_for_the_work(what: str) -> None:
    reply, code = FAULTS[what]
    async with serve([reply or DONE] * 3) as served:
        outputs = await work(
            served.env, context(shipped()), deadlines=soon(reply), patience=Pauses().patience(attempts=2)
        )
    trouble, started, text, ended, result = outputs[-5:]
    assert isinstance(trouble, Trouble)
    assert (trouble.code, trouble.retry_in) == (code, None)
    assert (started, ended, result) == (CallStarted(), CallEnded(finish="fallback"), Result(trouble.message))
    assert text == Text("I'm analyzing your requirements. Please give me a moment to gather more information.")
    shown = " ".join(f"{one.message} {one.action}" for one in troubles(outputs))
    assert not any(word in shown for word in ("http", "127.0.0.1", "sk-", "Error", "status", "finish"))


async def test_a_bug_is_no_failure_of_the_provider() -> None:
    async with serve([DONE]) as served, opened(served.env) as agents:
        broken = replace(agents, limiter_of=lambda _: (_ for _ in ()).throw(ValueError("a bug")))
        at = context(shipped())
        with pytest.raises(ValueError, match="a bug"):
            async with aclosing(broken(at.agent, MODEL).run(at)) as stream:
                [output async for output in stream]


# --- Silence ------------------------------------------------------------------------------------------------------


async def test_a_reader_is_told_when_it_takes_longer_than_usual() -> None:
    said: list[Output] = []
    told = asyncio.Event()

    async def send(output: Output) -> None:
        said.append(output)
        if output == Progress(LONGER):
            told.set()

    async with asyncio.timeout(5):
        hush = Hush(0.01, send)
        await hush.begin(1, lambda: None)
        async with hush:
            await told.wait()
            assert hush.is_broken()
            await hush.broken()
            assert not hush.is_broken()
    assert said == [CallStarted(1), Progress(LONGER), Progress(ANSWERS)]


async def test_a_model_that_is_silent_is_said_to_take_longer_until_its_deadline() -> None:
    patience = replace(Pauses().patience(attempts=1), silence=0.05)
    outputs: list[object] = []
    async with serve([Reply(endless=True)]) as served:
        with pytest.raises(Spent) as caught:
            await work(served.env, context(), deadlines=IMPATIENT, patience=patience, into=outputs)
    assert outputs.count(Progress(LONGER)) == 1
    assert caught.value.code == "model_timeout"


async def test_a_whole_answer_has_a_deadline_too() -> None:
    deadlines = Deadlines(first_token=5.0, between_tokens=5.0, whole=0.2)
    async with serve([Reply(text="Once upon a time", endless=True)]) as served:
        with pytest.raises(Spent) as caught:
            await work(served.env, context(), deadlines=deadlines)
    assert caught.value.code == "model_timeout"


# --- Limits -------------------------------------------------------------------------------------------------------


class Counting(Unlimited):
    """Lets everybody wait once, and remembers how each grant was settled first."""

    def __init__(self) -> None:
        self.settled: list[str] = []
        self.heard: list[Mapping[str, str]] = []
        self._open = False

    async def admit(self, run: str, tokens: int | None, waiting: Callable[[float], Awaitable[None]]) -> Counting:
        assert tokens
        assert tokens > 1_000
        self._open = True
        await waiting(7.0)
        return self

    def note_headers(self, headers: Mapping[str, str]) -> None:
        self.heard.append(headers)

    def _settle(self, how: str) -> None:
        if self._open:
            self.settled.append(how)
        self._open = False

    def correct(self, input_tokens: int, output_tokens: int) -> None:
        self._settle("used" if input_tokens and output_tokens else "refused")

    def keep(self) -> None:
        self._settle("kept")

    def release(self) -> None:
        self._settle("released")


async def test_each_attempt_needs_leave_and_says_what_it_used() -> None:
    limiter = Counting()
    async with serve([Reply(status=429, headers={"retry-after": "9"}), CUT, DONE]) as served:
        outputs = await work(served.env, context(), patience=Pauses().patience(), limiter=limiter)
    assert limiter.settled == ["refused", "kept", "used"]
    assert [headers.get("retry-after") for headers in limiter.heard] == ["9"]
    assert outputs[:3] == [Waiting(WAITS, 7.0), CallStarted(), Progress(ASKS)]
    assert outputs.count(Waiting(WAITS, 7.0)) == 3


async def test_a_provider_that_was_never_reached_costs_nothing() -> None:
    limiter = Counting()
    with pytest.raises(Spent):
        await work({"OPENAI_BASE_URL": "http://127.0.0.1:9/v1"}, context(), limiter=limiter)
    assert limiter.settled == ["released"]


# --- With a worker ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["cancel_run", "pause_run"])
@pytest.mark.parametrize("reply", [BUSY, Reply(text="Once upon a time", endless=True)], ids=["pause", "answer"])
async def test_a_retry_ends_within_a_tenth_of_a_second_of_a_cancel_or_a_pause(command: str, reply: Reply) -> None:
    left = asyncio.Event()

    async with serve([BUSY, *[reply] * 5]) as served, opened(served.env, patience=Patience(first_pause=0.01)) as agents:
        slow = replace(agents, patience=Patience(first_pause=60.0, chance=lambda: 1.0)) if reply is BUSY else agents

        async def play(at: AgentContext) -> AsyncGenerator[Output, None]:
            try:
                async with aclosing(slow(at.agent, MODEL).run(at)) as outputs:
                    async for output in outputs:
                        yield output
            finally:
                left.set()

        async with office({"one": play}) as it, it.working():
            run_id = await it.start()
            await it.until(
                run_id,
                lambda run: (
                    run.view.steps[0].status == "retrying"
                    if reply is BUSY
                    else any(message.text for message in run.view.steps[0].messages)
                ),
            )
            await it.command(command, run_id=run_id)
            async with asyncio.timeout(0.1):
                await left.wait()
            run = await it.service.current(run_id)
        requests = len(served.server.asked)
    assert requests == (1 if reply is BUSY else 2)
    assert run.view.status == ("cancelled" if command == "cancel_run" else "paused")
    assert all(message.finish for message in run.view.steps[0].messages)


async def test_a_run_with_a_prepared_message_is_partial_and_whole_after_a_retry() -> None:
    async with serve([Reply(status=401), DONE]) as served, opened(served.env) as agents:

        async def play(at: AgentContext) -> AsyncGenerator[Output, None]:
            agent = replace(at.agent, fallback="I will be with you soon.")
            async with aclosing(agents(agent, MODEL).run(replace(at, agent=agent))) as outputs:
                async for output in outputs:
                    yield output

        async with office({"one": play}) as it, it.working():
            run_id = await it.start()
            run = await it.ended(run_id)
            assert (run.view.status, run.view.outcome) == ("completed", "partial")
            assert [(m.text, m.finish) for m in run.view.steps[0].messages] == [
                ("I will be with you soon.", "fallback")
            ]
            assert [error.code for error in run.view.errors] == ["model_rejected_key"]
            await it.command("retry_step", run_id=run_id, step="one")
            run = await it.until(run_id, lambda run: run.view.outcome == "succeeded")
    assert run.view.steps[0].messages[-1].text == "Done. All is well."


def test_an_agent_none_of_whose_models_is_set_up_is_refused_when_it_is_made() -> None:
    with pytest.raises(DomainError) as caught:
        LlmAgents(Models({}))(replace(shipped(), models=(OTHER, RESPONSES)), MODEL)
    assert caught.value.message == "AI service configuration needed. Please check setup."
