"""What may follow what, and that a draft refuses the rest."""

from __future__ import annotations

from typing import Any, Final, get_args

import pytest

from botarmy.domain import commands as c
from botarmy.domain import events as e
from botarmy.domain.draft import Draft
from botarmy.domain.errors import DomainError
from botarmy.domain.run import JOB_OPEN, RUN_ENDED
from botarmy.domain.transitions import JOB, PHASE, REQUEST, RUN, STEP, TABLES
from scripts.wire.teller import Teller, chain

STATES: Final[dict[str, Any]] = {
    "run": e.RunState,
    "step": e.StepState,
    "phase": e.PhaseState,
    "request": e.RequestState,
    "job": e.JobState,
}


@pytest.mark.parametrize("kind", STATES)
def test_every_state_has_its_row_and_can_be_reached(kind: str) -> None:
    moves = TABLES[kind]
    assert set(moves) - {None} == set(get_args(STATES[kind]))
    found: set[str | None] = set()
    ahead: list[str | None] = [None]
    while ahead:
        state = ahead.pop()
        if state not in found:
            found.add(state)
            ahead.extend(moves[state])
    assert found == set(moves)


def test_what_has_ended_for_good_stays_so() -> None:
    assert RUN["deleted"] == STEP["cancelled"] == PHASE["cancelled"] == REQUEST["answered"] == frozenset()
    assert all(not JOB[state] for state in set(get_args(e.JobState)) - JOB_OPEN - {"lost"})
    assert all("paused" not in RUN[state] for state in RUN_ENDED)


def draft() -> Draft:
    told = Teller(chain("writer", "reader"))
    told.begin("writer")
    told.report("writer", c.PersonAsked(prompt="Who reads it?"))
    return Draft(told.run, told.run_id, c.Envelope(at=told.at, by="local", new_id=told.new_id))


def request(run_request: str, status: e.RequestState) -> e.Request:
    return e.Request(request_id=run_request, kind="question", status=status, step="writer", prompt="Who?")


@pytest.mark.parametrize(
    ("metadata", "told"),
    [
        (e.RunStatus(status="running"), "run"),
        (e.AgentStatus(step="reader", status="completed", attempt=1), "step reader: from pending to completed"),
        (e.PhaseStatus(step="reader", phase="work", status="completed", attempt=1), "from pending to completed"),
        (e.PhaseStatus(step="reader", phase="rest", status="started", attempt=1), "from nothing to started"),
        (request("never-asked", "answered"), "request never-asked: from nothing to answered"),
        (
            e.JobStatus(job_id="gone", step="writer", phase="work", attempt=1, status="completed"),
            "job gone: from nothing to completed",
        ),
    ],
)
def test_a_draft_refuses_an_illegal_transition_and_holds_nothing_of_it(metadata: e.Metadata, told: str) -> None:
    drafted = draft()
    before = drafted.run
    with pytest.raises(DomainError) as caught:
        drafted.emit(metadata, "This must not happen")
    assert caught.value.code == "illegal_transition"
    assert told in (caught.value.detail or "")
    assert drafted.done().events == ()
    assert drafted.run is before
