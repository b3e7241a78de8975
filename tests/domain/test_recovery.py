"""What is done when a phase fails, how often, and what is told of it."""

from __future__ import annotations

from typing import Any, Final

import pytest

from botarmy.domain import commands as c
from botarmy.domain.briefing import answers_for, earlier_phases, setbacks_for
from botarmy.domain.briefing import told as told_of
from botarmy.domain.errors import DomainError
from botarmy.domain.events import SystemNotice
from botarmy.domain.failure import OPTIONS, TRY_AGAIN
from botarmy.domain.gates import SKIP, STOP
from botarmy.domain.recovery import Action, Ask, FallBack, Recovery, Retry, RollBack, Rule, Skip, Stop
from botarmy.domain.team import AgentSpec, Team
from botarmy.domain.trouble import Remedy
from botarmy.domain.views import RequestView
from scripts.wire.teller import Teller, chain

THREE: Final = ("research", "planning", "work")
NOTICE: Final = "Agent Writer encountered an issue. Continuing with workflow..."


def rules(*do: Action, on: str = "*", **more: Any) -> Recovery:
    return Recovery(rules=(Rule(on=(on,), do=do),), **more)


def story(phases: tuple[str, ...] = ("work",)) -> Teller:
    return Teller(chain("writer", "reader", phases=phases))


def fails(told: Teller, recovery: Recovery | None, code: str = "model_failed", *, retryable: bool = False) -> None:
    """The next job of the writer begins, and fails; whatever wait there was is over."""
    told.wait(10_000)
    told.begin("writer")
    problem = DomainError(code, agent="Writer")
    failed = c.WorkFailed(
        code=code, message=problem.message, action=problem.action, retryable=retryable, recovery=recovery
    )
    told.report("writer", failed)


def works(told: Teller, phases: int = 1) -> None:
    for _ in range(phases):
        told.works("writer")


def statuses(told: Teller) -> dict[str, str]:
    return {phase.phase: phase.status for phase in told.run.step("writer").phases}


def status(told: Teller) -> str:
    return told.run.step("writer").status


def notices(told: Teller) -> list[str]:
    return [event.content for event in told.told() if isinstance(event.metadata, SystemNotice)]


def remedies(told: Teller) -> list[Remedy]:
    found = (getattr(event.metadata, "remedy", None) for event in told.told())
    return [one for one in found if one is not None]


def asked(told: Teller) -> RequestView:
    (request,) = (one for one in told.run.view.requests if one.status == "open")
    return request


def answer(told: Teller, words: str) -> None:
    told.person(c.AnswerRequest(request_id=asked(told).request_id, decision="respond", answer=words), "maria")


# --- Without rules --------------------------------------------------------------------------------------------------


def test_without_rules_a_person_is_asked_about_an_agent_that_repeats_itself_and_advises_it() -> None:
    told = story()
    fails(told, None, "agent_repeats_itself")
    trouble = asked(told).trouble
    assert trouble is not None
    assert (status(told), trouble.code, asked(told).options) == ("waiting", "agent_repeats_itself", OPTIONS)
    answer(told, "Read the plan first.")
    assert (status(told), answers_for(told.run, "writer")) == ("queued", ())
    assert "Read the plan first." in " ".join(setbacks_for(told.run, "writer", "work"))
    works(told)
    assert status(told) == "completed"


def test_without_rules_a_failure_that_may_pass_is_retried_as_often_as_the_agents_attempts_say() -> None:
    told = story()
    fails(told, None, retryable=True)
    assert status(told) == "retrying"
    fails(told, None, retryable=True)
    assert (status(told), told.run.step("reader").status) == ("error", "queued")
    assert [one.action for one in remedies(told)] == ["retry", "go_on"]


def test_without_rules_any_other_failure_ends_the_step_and_the_run_goes_on_with_the_sentence() -> None:
    told = story()
    fails(told, None)
    assert (status(told), told.run.step("reader").status) == ("error", "queued")
    assert notices(told) == [NOTICE]
    team = Team(name="t", title="T", steps=(AgentSpec(step="writer", name="Writer", title="W", instructions="Go."),))
    assert told_of(told.run, team, told.run.step("writer")).startswith(NOTICE)


# --- Each action ----------------------------------------------------------------------------------------------------


def test_a_phase_is_retried_so_often_and_the_waits_double() -> None:
    told = story()
    waits = []
    for _ in range(3):
        fails(told, rules(Retry(times=3, backoff=2)))
        waits.append(told.run.step("writer").retry_at)
    begun = [event.timestamp for event in told.told() if getattr(event.metadata, "remedy", None) is not None]
    assert [_seconds(a, b) for a, b in zip(begun, waits, strict=True)] == [2, 4, 8]
    fails(told, rules(Retry(times=3, backoff=2)))
    assert status(told) == "error"


def _seconds(earlier: str, later: str | None) -> int:
    from datetime import datetime  # noqa: PLC0415 - of this one helper

    assert later is not None
    return round((datetime.fromisoformat(later) - datetime.fromisoformat(earlier)).total_seconds())


def test_a_rule_for_another_code_does_not_count_and_the_first_that_fits_does() -> None:
    recovery = Recovery(
        rules=(Rule(on=("model_refused",), do=(Stop(),)), Rule(on=("model_failed",), do=(Skip(),)), *rules(Ask()).rules)
    )
    told = story()
    fails(told, recovery)
    assert status(told) == "skipped"


def test_passing_stands_for_what_may_be_over_and_was_not_tried_enough() -> None:
    recovery = rules(Skip(), on="passing")
    for retryable, after in ((True, "skipped"), (False, "error")):
        told = story()
        fails(told, recovery, retryable=retryable)
        assert status(told) == after


def test_a_model_takes_over_once() -> None:
    told = story()
    recovery = rules(FallBack(model="openai-chat:gpt-5-mini"))
    fails(told, recovery)
    assert [(job.phase, job.attempt) for job in told.run.jobs] == [("work", 2)]
    assert remedies(told)[0].target == "model:openai-chat:gpt-5-mini"
    assert notices(told) == ["Writer goes on with the model openai-chat:gpt-5-mini"]
    fails(told, recovery)
    assert status(told) == "error"


def test_an_agent_takes_over_and_the_reader_is_told_who() -> None:
    told = story()
    fails(told, rules(FallBack(agent="reader")))
    assert notices(told) == ["Writer goes on as Reader would do it"]
    works(told)
    assert status(told) == "completed"


def test_a_message_stands_for_the_work_and_the_run_ends_as_partly_done() -> None:
    told = story(("plan", "work"))
    fails(told, rules(FallBack(message="I could not plan this.")))
    assert statuses(told) == {"plan": "completed", "work": "pending"}
    (message,) = told.run.step("writer").messages
    assert (message.text, message.finish) == ("I could not plan this.", "fallback")
    assert notices(told) == [NOTICE]
    works(told)
    told.works("reader")
    told.works("reader")
    assert told.run.view.outcome == "partial"


def test_another_teams_work_stands_in_right_after_the_phase_that_failed() -> None:
    told = story(("plan", "work", "review"))
    works(told)
    recovery = rules(FallBack(team="small", phases=("small/one", "small/two")))
    fails(told, recovery)
    assert list(statuses(told)) == ["plan", "work", "small/one", "small/two", "review"]
    assert statuses(told)["work"] == "error"
    assert [job.phase for job in told.run.jobs] == ["small/one"]
    works(told, 3)
    assert status(told) == "completed"
    assert [phase.phase for phase in earlier_phases(told.run, "writer", "review")] == [
        "plan",
        "work",
        "small/one",
        "small/two",
    ]
    for _ in range(3):
        told.works("reader")
    assert told.run.view.outcome == "succeeded"


def test_what_stands_in_is_not_done_again_with_a_later_phase_that_a_person_retries() -> None:
    told = story(("work", "review"))
    fails(told, rules(FallBack(team="small", phases=("small/one",))))
    works(told)
    fails(told, None)
    told.person(c.RetryStep("writer"))
    assert statuses(told) == {"work": "error", "small/one": "completed", "review": "pending"}
    works(told)
    assert status(told) == "completed"


def test_the_work_goes_back_and_its_agent_is_told_why() -> None:
    told = story(THREE)
    works(told, 2)
    fails(told, rules(RollBack(to="planning")))
    assert statuses(told) == {"research": "completed", "planning": "pending", "work": "pending"}
    reason = f"The phase “work” failed: {DomainError('model_failed').message} The work goes back to “planning”."
    assert setbacks_for(told.run, "writer", "planning") == (reason,)
    assert setbacks_for(told.run, "writer", "research") == ()
    assert [(job.phase, job.attempt) for job in told.run.jobs] == [("planning", 2)]
    rolled = [e for e in told.told() if getattr(e.metadata, "status", None) == "rolled_back"]
    assert len(rolled) == 2


def test_without_a_name_it_goes_back_to_the_phase_before_and_from_the_first_one_nowhere() -> None:
    told = story(THREE)
    fails(told, rules(RollBack(), Skip()))
    assert status(told) == "skipped"
    told = story(THREE)
    works(told)
    fails(told, rules(RollBack(), Skip()))
    assert [job.phase for job in told.run.jobs] == ["research"]


def test_a_rollback_that_comes_back_ends_with_a_person() -> None:
    told = story(THREE)
    works(told, 2)
    for _ in range(2):
        fails(told, rules(RollBack(to="planning", times=2)))
        works(told)
    fails(told, rules(RollBack(to="planning", times=2)))
    assert (status(told), asked(told).options) == ("waiting", OPTIONS)


def test_skipping_leaves_the_step_out() -> None:
    told = story(THREE)
    fails(told, rules(Skip()))
    assert (status(told), set(statuses(told).values())) == ("skipped", {"skipped"})
    assert told.run.step("reader").status == "queued"
    assert notices(told) == [NOTICE]


def test_stopping_ends_the_run_with_what_it_has() -> None:
    told = Teller((*chain("writer", "reader"), *chain("other")))
    told.begin("other")
    fails(told, rules(Stop()))
    assert (status(told), told.run.step("reader").status, told.run.step("other").status) == (
        "error",
        "skipped",
        "skipped",
    )
    assert told.run.view.status == "failed"
    assert told.run.jobs == ()


# --- A person decides -----------------------------------------------------------------------------------------------


def asking() -> Teller:
    told = story(THREE)
    works(told)
    fails(told, rules(Ask()))
    return told


def test_a_person_is_asked_and_the_run_waits_without_a_job() -> None:
    told = asking()
    request = asked(told)
    assert request.prompt == f"Writer could not finish planning: {DomainError('model_failed').message} What now?"
    assert request.trouble is not None
    assert (request.trouble.code, request.trouble.phase, request.trouble.attempt) == ("model_failed", "planning", 1)
    assert (told.run.view.status, told.run.jobs) == ("waiting", ())


def test_trying_again_begins_with_fresh_counts() -> None:
    told = story()
    recovery = rules(Retry(times=1), Ask())
    for _ in range(3):
        fails(told, recovery)
        assert status(told) == "retrying"
        fails(told, recovery)
        answer(told, TRY_AGAIN)
        assert (status(told), told.run.remedies) == ("queued", ())
    assert [job.attempt for job in told.run.jobs] == [7]


def test_other_words_are_advice_and_the_agent_gets_them() -> None:
    told = asking()
    answer(told, "Leave the chart out.")
    assert [(job.phase, job.attempt) for job in told.run.jobs] == [("planning", 2)]
    assert setbacks_for(told.run, "writer", "planning") == ("Leave the chart out.",)
    assert answers_for(told.run, "writer") == ()


def test_a_person_skips_the_step() -> None:
    told = asking()
    answer(told, SKIP)
    assert (status(told), told.run.step("reader").status) == ("skipped", "queued")


def test_a_person_stops_the_project_and_may_retry_the_step_later() -> None:
    told = asking()
    answer(told, STOP)
    assert (status(told), told.run.step("reader").status, told.run.view.status) == ("error", "skipped", "failed")
    assert told.run.view.errors[-1].code == "stopped_by_person"
    told.person(c.RetryStep("writer"))
    assert [job.phase for job in told.run.jobs] == ["planning"]


@pytest.mark.parametrize("command", [c.SkipStep("writer"), c.CancelRun()])
def test_the_question_is_withdrawn_where_nobody_needs_the_answer_any_more(command: c.Command) -> None:
    told = asking()
    told.person(command)
    assert [request.status for request in told.run.view.requests] == ["withdrawn"]


# --- Bounds ---------------------------------------------------------------------------------------------------------


def test_a_step_that_fails_too_often_is_given_up_whatever_the_rules_say() -> None:
    told = story()
    for _ in range(3):
        fails(told, rules(Retry(times=20), step_failures=4))
    assert status(told) == "retrying"
    fails(told, rules(Retry(times=20), step_failures=4))
    assert (status(told), told.run.view.errors[-1].code) == ("error", "failed_too_often")
    assert told.run.step("reader").status == "queued"


def test_a_run_that_fails_too_often_stops() -> None:
    told = story()
    fails(told, rules(Retry(times=20), run_failures=2))
    fails(told, rules(Retry(times=20), run_failures=2))
    assert (told.run.view.status, told.run.step("reader").status) == ("failed", "skipped")
    assert told.run.view.errors[-1].code == "run_failed_too_often"


def test_a_job_that_kills_its_workers_is_a_failure_like_any_other() -> None:
    told = story()
    told.begin("writer")
    for _ in range(20):
        job = told.job_of("writer")
        token = told._held[job.job_id]
        told.person(c.LoseJob(job_id=job.job_id, token=token, recovery=rules(Ask(), on="gave_up")), "server")
    assert (status(told), asked(told).trouble is not None) == ("waiting", True)
