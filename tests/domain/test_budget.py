"""Budgets: when one is used up, what a person may answer, and what follows."""

from __future__ import annotations

import pytest

from botarmy.domain import commands as c
from botarmy.domain.briefing import answers_for
from botarmy.domain.budget import Today, amount, concerns, dollars, limit_of, reached, suggested
from botarmy.domain.errors import DomainError
from botarmy.domain.events import StepPlan, Usage
from scripts.wire.teller import Teller

DAY = "2026-11-20"
PAIR = (
    StepPlan(step="writer", agent_name="Writer", title="Writing", needs=(), phases=("work",), budget_usd=1.0),
    StepPlan(step="reader", agent_name="Reader", title="Reading", needs=("writer",), phases=("work",)),
)


def today(limit: float | None = None, spent: float = 0.0, day: str = DAY) -> Today:
    return Today(day=day, limit_usd=limit, spent_usd=spent)


def spending(usd: float, **options: float) -> Teller:
    """A run whose writer is at work and has spent so much."""
    told = Teller(PAIR, options={"model": "m:big", **options})
    told.begin("writer")
    told.speaks("writer", "So far.", usage=Usage(input_tokens=10, output_tokens=1, cost_usd=usd))
    return told


def asking(usd: float = 1.5, **more: object) -> Teller:
    told = spending(usd)
    report = c.BudgetReached(**{"today": today(), "continuation": "c" * 64, **more})  # type: ignore[arg-type] # checked at run time
    told.report("writer", report)
    return told


def answer(told: Teller, decision: str, words: str | None = None) -> None:
    request = told.run.view.requests[-1].request_id
    told.person(c.AnswerRequest(request_id=request, decision=decision, answer=words))  # type: ignore[arg-type] # checked at run time


def test_the_narrowest_budget_that_is_used_up_is_the_one_to_decide_about() -> None:
    run = spending(1.0, budget=1.0).run
    scopes = []
    for limit in (today(limit=0.5, spent=3),):
        budget = reached(run, "writer", limit)
        assert budget
        scopes.append(budget.scope)
    budget = reached(run, "reader", today(limit=0.5, spent=3))
    assert budget
    assert [*scopes, budget.scope] == ["agent", "run"]
    free = spending(0.5, budget=2.0).run
    of_day = reached(free, "writer", today(limit=2.5, spent=3))
    assert of_day
    assert (of_day.scope, of_day.day, of_day.limit_usd, of_day.suggested_usd) == ("day", DAY, 2.5, 5.0)


def test_below_every_limit_work_goes_on() -> None:
    run = spending(0.99, budget=1.0).run
    assert reached(run, "writer", today(limit=1.0, spent=0.99)) is None
    assert concerns(run, "reader", today())
    assert not concerns(spending(5.0).run, "reader", today())


def test_a_cost_that_nobody_knows_counts_as_nothing() -> None:
    told = Teller(PAIR, options={"budget": 0.01})
    told.begin("writer")
    told.speaks("writer", "So far.", usage=Usage(input_tokens=10_000_000, output_tokens=1))
    assert reached(told.run, "writer", today()) is None


def test_a_run_at_its_budget_waits_and_holds_no_job() -> None:
    told = asking()
    (request,) = told.run.view.requests
    assert (told.run.view.status, told.run.jobs) == ("waiting", ())
    assert request.prompt.startswith("Writer’s budget is used up: $1.50 of $1.00 are spent.")
    assert request.subject
    assert told.run.continuation("writer", "work", 1) == "c" * 64
    assert told.run.step("writer").phases[0].status == "progress"


def test_a_raise_lets_the_same_attempt_go_on_from_where_it_was() -> None:
    told = asking()
    answer(told, "approve", "2.50")
    (job,) = told.run.jobs
    assert (job.attempt, told.run.continuation("writer", "work", job.attempt)) == (1, "c" * 64)
    assert limit_of(told.run, "agent", "writer", today()) == 2.5
    assert limit_of(told.run, "agent", "reader", today()) is None


def test_a_job_that_is_lost_after_the_answer_begins_from_the_same_place() -> None:
    told = asking()
    answer(told, "approve")
    told.begin("writer")
    told.lose("writer")
    (job,) = told.run.jobs
    assert told.run.continuation("writer", "work", job.attempt) == "c" * 64


def test_without_an_amount_a_budget_is_doubled_or_more() -> None:
    told = asking(1.5)
    answer(told, "approve")
    assert told.run.view.requests[0].budget
    assert told.run.view.requests[0].budget.raised_to_usd == 2.0
    assert (suggested(1.0, 1.0), suggested(1.0, 5.0), suggested(900_000.0, 900_000.0)) == (2.0, 6.0, 1_000_000.0)


@pytest.mark.parametrize("words", ["1.5", "1", "0", "-2", "NaN", "inf", "1e3", "two", "1000001", "2,5", "١"])
def test_an_amount_that_changes_nothing_or_is_none_is_refused(words: str) -> None:
    told = asking(1.5)
    with pytest.raises(DomainError) as refusal:
        answer(told, "approve", words)
    assert refusal.value.code == "bad_budget"
    assert told.run.view.requests[0].status == "open"


def test_a_decision_that_was_not_offered_is_refused() -> None:
    with pytest.raises(DomainError, match="bad_decision"):
        answer(asking(), "edit")


@pytest.mark.parametrize(
    ("words", "decision", "raised"),
    [
        ("Raise the budget", "approve", 2.0),
        ("2.50", "approve", 2.5),
        ("Go on with m:small", "edit", 2.0),
        ("Stop", "reject", None),
    ],
)
def test_an_option_or_an_amount_is_an_answer_too(words: str, decision: str, raised: float | None) -> None:
    told = asking(cheaper="m:small")
    answer(told, "respond", words)
    (request,) = told.run.view.requests
    assert request.budget
    assert (request.decision, request.budget.raised_to_usd) == (decision, raised)


def test_a_response_that_is_neither_is_refused() -> None:
    with pytest.raises(DomainError, match="bad_budget"):
        answer(asking(), "respond", "Go on with m:other")


def test_a_days_raise_counts_on_that_day_alone() -> None:
    told = spending(0.1)
    told.report("writer", c.BudgetReached(today=today(limit=1.0, spent=1.2)))
    answer(told, "approve", "5")
    assert limit_of(told.run, "day", "reader", today(limit=1.0)) == 5
    assert limit_of(told.run, "day", "reader", today(limit=1.0, day="2026-11-21")) == 1.0


def test_a_budget_that_was_raised_meanwhile_asks_nobody_and_loses_nothing() -> None:
    told = spending(0.5)
    told.report("writer", c.BudgetReached(today=today(), continuation="c" * 64))
    (request,) = told.run.view.requests
    (job,) = told.run.jobs
    assert (request.status, told.run.view.status) == ("withdrawn", "running")
    assert told.run.continuation("writer", "work", job.attempt) == "c" * 64


def test_stopping_an_agent_at_its_own_budget_lets_the_others_go_on() -> None:
    told = asking()
    answer(told, "reject", "Enough")
    assert [step.status for step in told.run.view.steps] == ["error", "queued"]
    assert told.run.view.errors[-1].code == "budget_stopped"


def test_stopping_while_paused_ends_the_run_at_once() -> None:
    told = spending(0.5)
    told.report("writer", c.BudgetReached(today=today(limit=0.1, spent=0.5)))
    told.person(c.PauseRun())
    answer(told, "reject")
    assert [step.status for step in told.run.view.steps] == ["error", "skipped"]
    assert told.run.view.status == "failed"


def test_an_answered_question_is_told_to_the_agent_and_a_budget_is_not() -> None:
    told = asking()
    answer(told, "approve", "10")
    told.begin("writer")
    told.report("writer", c.PersonAsked(prompt="Which colour?"))
    answer(told, "respond", "red")
    assert answers_for(told.run, "writer") == (("Which colour?", "red"),)
    (job,) = told.run.jobs
    assert told.run.continuation("writer", "work", job.attempt) is None


def test_amounts_are_read_and_written_as_people_do() -> None:
    assert [amount(text) for text in ("2", "$2.50", " 0.000001 ", "3 USD")] == [2, 2.5, 0.000001, 3]
    written = [dollars(usd) for usd in (0, 2.5, 1234.5, 0.03, 0.000012)]
    assert written == ["$0.00", "$2.50", "$1,234.50", "$0.03", "$0.000012"]
