"""Runs that go on from others: what they share, what they do again, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import count

import pytest

from botarmy.domain import commands as c
from botarmy.domain.briefing import built
from botarmy.domain.decide import decide
from botarmy.domain.errors import DomainError
from botarmy.domain.events import ArtifactWritten, Event, StepPlan, Usage
from botarmy.domain.forks import SHARED_EVENTS, left_by, shared_steps
from botarmy.domain.gates import edited_reply, edits
from botarmy.domain.run import Run
from scripts.wire.forks import follow_up_of, fork_of
from scripts.wire.teller import Teller, chain


def ended() -> Teller:
    told = Teller(chain("one", "two", "three"))
    for step in ("one", "two", "three"):
        told.begin(step)
        told.writes(step, f"{step}.md", step)
        told.speaks(step, f"I am {step}.", usage=Usage(input_tokens=10, output_tokens=1, cost_usd=0.5))
        told.finishes(step)
    return told


def refusal(command: c.Command) -> str:
    with pytest.raises(DomainError) as error:
        decide(None, "new", command, c.Envelope(at="2026-11-20T10:00:00.000Z", by="anna", new_id=ids()))
    return error.value.code


def ids() -> Callable[[], str]:
    numbers = count()
    return lambda: f"id-{next(numbers)}"


def edits_of(run: Run) -> tuple[str | None, str | None]:
    """Of the first step: the content that stands for its reply, and the path of the file that was changed."""
    changed = edits(run, "one")
    return edited_reply(run, "one"), changed.path if changed else None


def begun(command: c.Command) -> Run:
    return Teller(begin=command, at="2026-11-20T10:00:00.000Z").run


class TestAgainFromAStep:
    def test_what_is_before_it_is_shared_and_the_rest_is_done_again(self) -> None:
        source = ended().run
        run = begun(fork_of(source, "two"))
        assert [step.status for step in run.view.steps] == ["completed", "queued", "pending"]
        assert run.view.forked_from == source.view.run_id
        assert (run.view.title, run.view.brief) == (source.view.title, source.view.brief)
        assert [(a.path, a.step, a.version) for a in run.view.artifacts] == [("one.md", "one", 1)]
        (message,) = run.view.steps[0].messages
        assert (message.text, message.finish) == ("I am one.", "complete")
        assert [job.step for job in run.jobs] == ["two"]

    def test_what_was_spent_is_not_counted_again(self) -> None:
        assert begun(fork_of(ended().run, "three")).view.usage == Usage()

    @pytest.mark.parametrize("path", [None, "one.md"])
    def test_what_a_person_wrote_at_a_gate_still_stands_for_what_the_agent_said(self, path: str | None) -> None:
        one, two = chain("one", "two")
        told = Teller((replace(one, approval="after"), two))
        told.begin("one")
        if path:
            told.writes("one", path, "one")
        told.speaks("one", "I am one.")
        told.finishes("one")
        (request,) = told.run.view.requests
        told.person(c.AnswerRequest(request_id=request.request_id, decision="edit", answer="I am two."), by="maria")
        run = begun(fork_of(told.run, "two"))
        assert edits_of(run) == edits_of(told.run) != (None, None)
        (shared,) = run.view.requests
        assert (shared.status, shared.decision, shared.by) == ("answered", "edit", "maria")
        held = told.run.view.requests[0]
        assert (shared.opened_at, shared.answered_at) == (held.opened_at, held.answered_at)

    def test_the_first_step_shares_nothing(self) -> None:
        run = begun(fork_of(ended().run, "one"))
        assert [step.status for step in run.view.steps] == ["queued", "pending", "pending"]
        assert run.view.artifacts == ()

    def test_brief_and_title_may_be_others(self) -> None:
        command = replace(fork_of(ended().run, "two"), brief="Something else.", title="Else")
        view = begun(command).view
        assert (view.brief, view.title) == ("Something else.", "Else")
        assert refusal(replace(command, brief="  ")) == "empty_brief"
        assert refusal(replace(command, title="x" * 201)) == "bad_title"

    def test_a_run_under_way_or_cancelled_shares_what_is_done(self) -> None:
        told = Teller(chain("one", "two", "three"))
        told.works("one")
        told.begin("two")
        assert begun(fork_of(told.run, "two")).view.steps[0].status == "completed"
        told.person(c.CancelRun())
        assert begun(fork_of(told.run, "two")).view.steps[1].status == "queued"
        with pytest.raises(DomainError, match="step_not_reached"):
            shared_steps(told.run, "three")

    def test_a_step_that_nothing_builds_on_is_shared_where_it_is_done(self) -> None:
        told = Teller(diamond())
        for step in ("base", "left", "right"):
            told.works(step)
        assert shared_steps(told.run, "left") == {"base", "right"}
        assert shared_steps(told.run, "top") == {"base", "left", "right"}
        assert shared_steps(told.run, "base") == frozenset()

    def test_a_step_that_fell_back_is_shared_as_such(self) -> None:
        told = Teller(chain("one", "two"))
        told.begin("one")
        told.ends(told.message("one"), model=None)
        told.finishes("one")
        assert begun(fork_of(told.run, "two")).fallbacks == (("one", "work"),)

    def test_an_unknown_step_and_a_run_of_a_newer_version_are_refused(self) -> None:
        source = ended().run
        with pytest.raises(DomainError, match="unknown_step"):
            shared_steps(source, "nine")
        assert refusal(replace(fork_of(source, "two"), source=replace(source, newer=True))) == "newer_version"

    def test_more_than_one_commit_takes_is_refused(self) -> None:
        command = fork_of(ended().run, "two")
        (one,) = command.artifacts
        many = tuple(replace(one, path=f"file-{number}.md") for number in range(SHARED_EVENTS + 1))
        assert refusal(replace(command, artifacts=many)) == "too_much_to_share"

    def test_a_file_that_a_later_step_wrote_again_is_as_the_shared_one_left_it(self) -> None:
        told = ended()
        events = [*told.told(), *overwritten(told)]
        (left,) = left_by(events, {"one"})
        assert (left.path, left.version) == ("one.md", 1)


class TestFollowUp:
    def test_it_begins_with_all_files_and_knows_what_was_asked_for(self) -> None:
        source = ended().run
        run = begun(follow_up_of(source, "Now add dark mode.\nEverywhere."))
        assert [step.status for step in run.view.steps] == ["queued", "pending", "pending"]
        assert [(a.path, a.step) for a in run.view.artifacts] == [
            ("one.md", None),
            ("three.md", None),
            ("two.md", None),
        ]
        (before,) = run.view.before
        assert (before.run_id, before.title, before.brief) == (
            source.view.run_id,
            source.view.title,
            source.view.brief,
        )
        assert "One (The one's part): The one's part is there." in before.built
        assert run.view.title == "Now add dark mode"

    def test_follow_ups_of_follow_ups_know_the_newest_five(self) -> None:
        run = ended().run
        for number in range(7):
            told = Teller(begin=follow_up_of(run, f"Change {number}"), at="2026-11-20T10:00:00.000Z")
            told.person(c.CancelRun())
            run = told.run
        assert [before.brief for before in run.view.before] == [f"Change {number}" for number in range(1, 6)]

    def test_a_run_that_has_not_ended_is_refused(self) -> None:
        assert refusal(follow_up_of(Teller().run, "More")) == "run_not_ended"
        assert refusal(follow_up_of(ended().run, " ")) == "empty_brief"


def test_what_was_built_names_what_is_not_there() -> None:
    told = Teller(chain("one", "two"))
    told.begin("one")
    told.fails("one")
    told.works("two")
    assert built(told.run).splitlines() == [
        "One (The one's part) did not finish this part",
        "Two (The two's part): The two's part is there.",
    ]


def diamond() -> tuple[StepPlan, ...]:
    needs = {"base": (), "left": ("base",), "right": ("base",), "top": ("left", "right")}
    return tuple(
        StepPlan(step=name, agent_name=name.title(), title=name, needs=of, phases=("work",))
        for name, of in needs.items()
    )


def overwritten(told: Teller) -> list[Event]:
    """The file of the first step, written again by the third."""
    (first,) = [e for e in told.told() if isinstance(e.metadata, ArtifactWritten) and e.metadata.path == "one.md"]
    assert isinstance(first.metadata, ArtifactWritten)
    return [replace(first, metadata=replace(first.metadata, step="three", version=2))]
