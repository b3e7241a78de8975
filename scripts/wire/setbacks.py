"""Stories of failures, and of what recovery rules do about them."""

from __future__ import annotations

from typing import Final

from botarmy.domain import commands as c
from botarmy.domain.errors import DomainError
from botarmy.domain.recovery import Action, Ask, FallBack, Recovery, Retry, RollBack, Rule, Skip, Stop
from scripts.wire.story import Story, kept_in
from scripts.wire.teller import Teller, chain

SETBACKS: Final[list[Story]] = []
story: Final = kept_in(SETBACKS)
PHASES: Final = ("research", "planning", "implementation")


def building(phases: int) -> Teller:
    """A builder who has so many phases of three behind them."""
    told = Teller(chain("builder", "reader", phases=PHASES))
    for _ in range(phases):
        told.works("builder")
    return told


def fails(told: Teller, *do: Action) -> None:
    """The builder's next job fails, and this is done about it."""
    told.wait(10)
    told.begin("builder")
    problem = DomainError("model_failed")
    failed = c.WorkFailed(
        code=problem.code,
        message=problem.message,
        action=problem.action,
        retryable=problem.retryable,
        reference="8f14e45f",
        recovery=Recovery(rules=(Rule(on=("*",), do=do),)),
    )
    told.report("builder", failed)


@story
def rolled_back() -> Teller:
    """The implementation fails: the plan is made again, and both of them are done then."""
    told = building(2)
    fails(told, RollBack(to="planning"))
    told.works("builder")
    told.works("builder")
    return told


@story
def another_team_stands_in() -> Teller:
    """The planning fails: another team's two steps come in after it, and the implementation follows."""
    told = building(1)
    fails(told, FallBack(team="small", phases=("small/planner", "small/drawer/work")))
    told.works("builder")
    told.works("builder")
    told.begin("builder")
    return told


@story
def another_model_stands_in() -> Teller:
    """The first phase fails and is retried, then done with another model."""
    told = building(0)
    rules = (Retry(times=1), FallBack(model="openai-chat:gpt-5-mini"))
    fails(told, *rules)
    fails(told, *rules)
    told.works("builder")
    return told


@story
def a_message_stands_in() -> Teller:
    """The first phase fails, and prepared words stand for its work."""
    told = building(0)
    fails(told, FallBack(message="I could not look into this."))
    return told


@story
def asked_what_to_do() -> Teller:
    """A phase fails, and a person is asked; nobody works meanwhile."""
    told = building(1)
    fails(told, Ask())
    return told


@story
def told_what_to_do() -> Teller:
    """Asked about a failure, a person gives advice, and the phase is tried again."""
    told = asked_what_to_do()
    request = told.run.view.requests[0]
    told.person(c.AnswerRequest(request_id=request.request_id, decision="respond", answer="Use one file."), "maria")
    told.begin("builder")
    return told


@story
def skipped_for_a_failure() -> Teller:
    """A phase fails, the step is left out, and the next one begins."""
    told = building(1)
    fails(told, Skip())
    return told


@story
def stopped_for_a_failure() -> Teller:
    """A phase fails, and the run stops with what it has."""
    told = building(1)
    fails(told, Stop())
    return told
