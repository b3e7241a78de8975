"""What a run shows while its agent waits for a provider's limit, and what ends the wait: a real limiter, a worker."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace

import pytest

from botarmy.llm.allowance import Limits
from botarmy.llm.server import Reply
from botarmy.ports import AgentContext, Output
from tests.llm.openai_server import serve
from tests.llm.work import MODEL, context, equipped, shipped
from tests.workers.office import office, team_of

DONE = Reply(text="Done. All is well.")


@pytest.mark.parametrize("command", ["cancel_run", "pause_run"])
async def test_a_wait_ends_within_a_tenth_of_a_second_of_a_cancel_or_a_pause(command: str) -> None:
    left = asyncio.Event()
    async with serve([DONE, DONE]) as served, equipped(served.env, Limits(requests=1)) as (agents, limiters):

        async def play(at: AgentContext) -> AsyncGenerator[Output, None]:
            try:
                async with aclosing(agents(at.agent, MODEL).run(at)) as outputs:
                    async for output in outputs:
                        yield output
            finally:
                if at.agent.step == "two":
                    left.set()

        async with office({"one": play, "two": play}, team=team_of("One", "Two")) as it, it.working():
            run_id = await it.start()
            run = await it.until(run_id, lambda run: run.view.steps[1].status == "waiting")
            assert run.view.steps[1].retry_at
            assert limiters.states()["openai"].waiting == 1
            await it.command(command, run_id=run_id)
            async with asyncio.timeout(0.1):
                await left.wait()
            state = limiters.states()["openai"]
            assert (state.waiting, state.in_flight, state.requests.used) == (0, 0, 1)
        assert len(served.server.asked) == 1


async def test_each_setback_is_noted_with_the_model_that_had_it() -> None:
    noted: list[tuple[str, str]] = []
    other = "openai-chat:gpt-other"
    replies = [Reply(status=503), Reply(status=401), Reply(status=401)]
    async with serve(replies, ("gpt-5-mini", "gpt-other")) as served, equipped(served.env, Limits()) as (agents, _):
        patience = replace(agents.patience, attempts=2, first_pause=0.0)
        counted = replace(agents, patience=patience, noted=lambda setback, model: noted.append((setback, model)))
        at = context(replace(shipped(), models=(other,)))
        assert [output async for output in counted(at.agent, MODEL).run(at)]
    assert noted == [("retry", MODEL), ("other_model", MODEL), ("prepared_message", other)]
