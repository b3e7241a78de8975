"""Stories of runs that wait for a person: for an answer, or for a word about their budget."""

from __future__ import annotations

import hashlib
from typing import Final

from botarmy.domain import commands as c
from botarmy.domain.budget import Today
from botarmy.domain.events import Usage
from scripts.wire.story import Story, kept_in
from scripts.wire.teller import Teller

WAITING: Final[list[Story]] = []
story: Final = kept_in(WAITING)


@story
def question_asked() -> Teller:
    """An agent asks with choices; the run waits for a person."""
    told = Teller()
    told.begin("analyst")
    told.speaks("analyst", "I need to know one thing.")
    told.report("analyst", c.PersonAsked(prompt="Who will use it?", options=("One team", "Many teams")))
    return told


@story
def question_answered() -> Teller:
    """The answer is there; the next job of the same attempt is in the queue."""
    told = question_asked()
    told.wait(86_400)
    request = told.run.view.requests[0].request_id
    told.person(c.AnswerRequest(request_id=request, decision="respond", answer="Many teams"), "maria")
    return told


@story
def question_withdrawn() -> Teller:
    """The step that asked is skipped: nobody needs the answer any more."""
    told = question_asked()
    told.person(c.SkipStep("analyst"))
    return told


@story
def budget_used_up() -> Teller:
    """A run has spent its budget; the agent waits, with what it had in hand put by."""
    told = Teller(options={"model": "demo", "budget": 0.5})
    told.begin("analyst")
    told.speaks("analyst", "Half of it is done.", usage=Usage(input_tokens=4_000, output_tokens=900, cost_usd=0.52))
    told.report(
        "analyst",
        c.BudgetReached(
            continuation=hashlib.sha256(b"half").hexdigest(),
            today=Today(day="2026-11-20", limit_usd=None, spent_usd=0.52),
            cheaper="openai-chat:gpt-5-nano",
        ),
    )
    return told


@story
def budget_raised() -> Teller:
    """A person has raised the budget: the same attempt goes on."""
    told = budget_used_up()
    told.wait(86_400)
    request = told.run.view.requests[0]
    told.person(
        c.AnswerRequest(request_id=request.request_id, decision="approve", answer="$2.50", subject=request.subject),
        "maria",
    )
    told.begin("analyst")
    return told


@story
def cheaper_model_chosen() -> Teller:
    """A person lets the run go on with a cheaper model, under the limit that was suggested."""
    told = budget_used_up()
    request = told.run.view.requests[0].request_id
    told.person(c.AnswerRequest(request_id=request, decision="edit"), "maria")
    return told


@story
def stopped_for_its_budget() -> Teller:
    """A person stops the run at its budget: what is done stays, the other steps are skipped."""
    told = Teller(options={"model": "demo", "budget": 0.5})
    told.works("analyst")
    told.begin("architect")
    told.speaks("architect", "A first sketch.", usage=Usage(input_tokens=4_000, output_tokens=900, cost_usd=0.75))
    told.report("architect", c.BudgetReached(today=Today(day="2026-11-20", limit_usd=None, spent_usd=0.75)))
    request = told.run.view.requests[0].request_id
    told.person(c.AnswerRequest(request_id=request, decision="reject"), "maria")
    return told
