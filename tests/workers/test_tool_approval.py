"""A tool call waits for a person's approval, and what they decided reaches the agent's next job."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import pytest

from botarmy.domain.errors import DomainError
from botarmy.ports import AgentContext, Approved, Output, Question, Result
from tests.workers.office import office

ARGUMENTS = '{"a": 2}'


class Careful:
    """Asks before it calls, and notes what it was told."""

    def __init__(self) -> None:
        self.told: tuple[Approved, ...] = ()

    async def play(self, context: AgentContext) -> AsyncGenerator[Output, None]:
        self.told = context.approvals
        if not context.approvals:
            yield Question("May it be called?", continuation=b"{}", arguments=ARGUMENTS)
        else:
            yield Result("Done.")


@pytest.mark.parametrize(
    ("decision", "answer"),
    [("approve", None), ("edit", '{"a": 3}'), ("reject", "No"), ("reject", None), ("respond", "Later")],
)
async def test_a_person_decides_and_the_agent_is_told(decision: str, answer: str | None) -> None:
    careful = Careful()
    async with office({"one": careful.play}) as at, at.working():
        run_id = await at.start()
        waiting = await at.until(run_id, lambda run: run.view.status == "waiting")
        (request,) = waiting.view.requests
        assert (request.kind, request.prompt, request.options) == ("approval", "May it be called?", ())
        assert request.gate is not None
        assert (request.gate.when, request.gate.excerpt) == ("tool", ARGUMENTS)
        assert waiting.step("one").status == "waiting"
        given = {"request_id": request.request_id, "decision": decision, "subject": request.subject}
        await at.command("answer_request", run_id=run_id, **given, **({"answer": answer} if answer else {}))
        run = await at.ended(run_id)
    assert run.view.outcome == "succeeded"
    assert careful.told == (Approved(decision, answer),)  # type: ignore[arg-type] # one of the four


@pytest.mark.parametrize("answer", [None, "", "no JSON", "[1]", "[" * 100_000])
async def test_edited_arguments_that_are_none_are_refused_and_the_request_stays_open(answer: str | None) -> None:
    async with office({"one": Careful().play}) as at, at.working():
        run_id = await at.start()
        waiting = await at.until(run_id, lambda run: run.view.status == "waiting")
        (request,) = waiting.view.requests
        with pytest.raises(DomainError) as refusal:
            await at.command(
                "answer_request", run_id=run_id, request_id=request.request_id, decision="edit", answer=answer
            )
        assert refusal.value.code == "bad_arguments"
        assert (await at.service.current(run_id)).view.requests[0].status == "open"


async def test_an_answer_to_other_arguments_is_refused() -> None:
    async with office({"one": Careful().play}) as at, at.working():
        run_id = await at.start()
        waiting = await at.until(run_id, lambda run: run.view.status == "waiting")
        request_id = waiting.view.requests[0].request_id
        with pytest.raises(DomainError) as refusal:
            await at.command(
                "answer_request", run_id=run_id, request_id=request_id, decision="approve", subject="0" * 64
            )
    assert refusal.value.code == "request_stale"
