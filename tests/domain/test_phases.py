"""What a phase leaves behind, and what the next ones and the next steps are told of it."""

from __future__ import annotations

from typing import Any

from botarmy.domain import commands as c
from botarmy.domain.briefing import earlier_phases, earlier_steps, reply_of, said_in
from botarmy.domain.events import StepPlan, Usage
from botarmy.domain.views import PhaseView
from scripts.wire.teller import Teller, chain


def result_of(told: Teller, phase: str, step: str = "writer") -> dict[str, Any]:
    found = told.run.phase(step, phase).result
    assert found is not None
    return dict(found)


def two_phases(**more: Any) -> Teller:
    return Teller(chain("writer", "reader", phases=("plan", "work"), **more))


def test_a_finished_phase_says_what_it_took_and_what_it_left() -> None:
    told = two_phases()
    told.begin("writer")
    begun = told.at
    told.speaks("writer", "A plan.", usage=Usage(input_tokens=7, output_tokens=3, cost_usd=0.01))
    told.writes("writer", "docs/plan.md", "# Plan")
    told.writes("writer", "docs/plan.md", "# A better plan")
    told.finishes("writer")
    assert result_of(told, "plan") == {
        "phase": "plan",
        "status": "completed",
        "attempt": 1,
        "started_at": begun,
        "ended_at": told.at,
        "summary": "The writer's part is there.",
        "artifacts": ["docs/plan.md"],
        "usage": {"input_tokens": 7, "output_tokens": 3, "cost_usd": 0.01},
        "code": None,
    }


def test_each_phase_counts_for_itself() -> None:
    told = two_phases()
    told.begin("writer")
    told.speaks("writer", "A plan.", usage=Usage(input_tokens=7, output_tokens=3))
    told.finishes("writer")
    told.begin("writer")
    told.writes("writer", "app.py", "pass")
    told.finishes("writer")
    assert (result_of(told, "work")["artifacts"], result_of(told, "work")["usage"]["input_tokens"]) == (["app.py"], 0)
    assert result_of(told, "plan")["usage"]["input_tokens"] == 7


def test_a_phase_that_failed_says_why() -> None:
    told = two_phases()
    told.begin("writer")
    told.writes("writer", "half.md", "Half")
    told.fails("writer")
    left = result_of(told, "plan")
    assert (left["status"], left["code"]) == ("error", "model_context_too_long")
    assert (left["summary"], left["artifacts"]) == ("This has become too long for the model.", ["half.md"])


def test_what_was_interrupted_is_counted_with_what_was_done_again() -> None:
    told = two_phases()
    told.begin("writer")
    begun = told.at
    told.speaks("writer", "A plan.", usage=Usage(input_tokens=7, output_tokens=3))
    told.lose("writer")
    told.begin("writer")
    told.speaks("writer", "A plan.", usage=Usage(input_tokens=7, output_tokens=3))
    told.finishes("writer")
    left = result_of(told, "plan")
    assert (left["started_at"], left["attempt"], left["usage"]["input_tokens"]) == (begun, 1, 14)


def test_a_second_attempt_counts_anew() -> None:
    told = two_phases()
    told.begin("writer")
    told.speaks("writer", "A plan.", usage=Usage(input_tokens=7, output_tokens=3))
    told.fails("writer", retryable=True)
    told.wait(2)
    told.begin("writer")
    told.finishes("writer")
    left = result_of(told, "plan")
    assert (left["attempt"], left["usage"]["input_tokens"]) == (2, 0)


def test_a_crash_repeats_only_the_phase_it_hit() -> None:
    told = two_phases()
    told.works("writer")
    kept = told.run.phase("writer", "plan")
    told.begin("writer")
    told.lose("writer")
    assert told.run.phase("writer", "plan") == kept
    assert [(job.phase, job.attempt) for job in told.run.jobs] == [("work", 1)]


def test_the_next_phase_is_told_what_the_ones_before_it_left() -> None:
    told = two_phases()
    told.begin("writer")
    told.speaks("writer", "Not good.")
    told.fails("writer", retryable=True)
    told.wait(2)
    told.begin("writer")
    told.speaks("writer", "This is ", "the plan.")
    told.finishes("writer")
    (before,) = earlier_phases(told.run, "writer", "work")
    assert (before.phase, before.status) == ("plan", "completed")
    assert said_in(told.run.step("writer"), before) == "This is the plan."
    assert earlier_phases(told.run, "writer", "plan") == []


def test_a_reply_is_what_the_last_attempt_at_each_phase_said() -> None:
    told = two_phases()
    for words in ("Plan.", "Work."):
        told.begin("writer")
        told.speaks("writer", f"Wrong {words}")
        told.fails("writer", retryable=True)
        told.wait(2)
        told.begin("writer")
        told.speaks("writer", words)
        told.finishes("writer")
    assert reply_of(told.run.step("writer")) == "Plan.\n\nWork."


def test_a_result_of_an_older_version_is_kept_as_it_was_written() -> None:
    assert PhaseView(phase="work", result={"summary": "Done."}).result == {"summary": "Done."}


def plan(step: str, *needs: str) -> StepPlan:
    return StepPlan(step=step, agent_name=step.title(), title=step, needs=needs, phases=("work",))


def test_a_step_is_told_of_all_that_ended_before_it_wherever_it_stands_in_the_team() -> None:
    told = Teller((plan("a"), plan("b", "a", "d"), plan("c", "b"), plan("d")))
    told.works("d")
    told.works("a")
    assert [view.step for view in earlier_steps(told.run, "b")] == ["a", "d"]
    assert [view.step for view in earlier_steps(told.run, "a")] == ["d"]


def test_a_step_that_is_done_again_is_not_told_of_what_was_built_on_it() -> None:
    told = Teller((plan("a"), plan("b", "a"), plan("c", "b")))
    told.begin("a")
    told.fails("a")
    told.works("b")
    told.works("c")
    told.person(c.RetryStep("a"))
    assert earlier_steps(told.run, "a") == []
    assert [view.step for view in earlier_steps(told.run, "c")] == ["b"]
