"""Files that people change, and what is done again because of it."""

from __future__ import annotations

import pytest

from botarmy.domain import commands as c
from botarmy.domain.codec import decode
from botarmy.domain.edits import downstream, is_text
from botarmy.domain.errors import DomainError
from botarmy.domain.events import AgentStatus, StepPlan
from scripts.wire.teller import Teller, chain

CONVERSATION = "a" * 64


def diamond() -> tuple[StepPlan, ...]:
    needs = {"source": (), "left": ("source",), "right": ("source",), "sink": ("left", "right")}
    return tuple(
        StepPlan(step=step, agent_name=step.title(), title=step, needs=of, phases=("work",))
        for step, of in needs.items()
    )


def finished() -> Teller:
    """Source and left have each written a file, and all is done."""
    told = Teller(diamond())
    for step in ("source", "left", "right", "sink"):
        told.begin(step)
        told.writes(step, f"{step}.md", step)
        told.speaks(step, "It is done.")
        told.finishes(step)
    return told


def states(told: Teller) -> dict[str, str]:
    return {step.step: step.status for step in told.run.view.steps}


def edit(path: str, content: str = "New", *, rerun: bool = False) -> c.EditArtifact:
    return c.EditArtifact(path=path, content=content, rerun=rerun)


def code_of(told: Teller, command: c.Command) -> str:
    with pytest.raises(DomainError) as caught:
        told.person(command)
    return caught.value.code


def test_an_edit_is_a_new_version_by_the_person_of_the_same_steps_file() -> None:
    told = finished()
    told.person(edit("left.md"), "maria")
    artifact = next(one for one in told.run.view.artifacts if one.path == "left.md")
    assert (artifact.version, artifact.by, artifact.step, artifact.size) == (2, "maria", "left", 3)
    assert (told.run.view.status, set(states(told).values())) == ("completed", {"completed"})


def test_what_depends_on_it_is_done_again_and_nothing_else() -> None:
    told = finished()
    told.person(edit("left.md", rerun=True))
    assert states(told) == {"source": "completed", "left": "completed", "right": "completed", "sink": "queued"}
    assert (told.run.view.status, told.run.view.ended_at, told.run.view.outcome) == ("running", None, None)
    told.works("sink")
    assert told.run.view.outcome == "succeeded"


def test_the_log_says_who_wanted_it_done_again_even_where_the_text_stays_as_it_was() -> None:
    told = finished()
    told.person(edit("left.md"), "maria")
    told.person(edit("left.md", rerun=True), "ravi")
    events = [decode(*body).metadata for body in told.bodies]
    again = [metadata for metadata in events if isinstance(metadata, AgentStatus) and metadata.by]
    assert [(one.step, one.status, one.by) for one in again] == [("sink", "pending", "ravi")]


def test_everything_after_the_first_step_depends_on_it() -> None:
    told = finished()
    assert downstream(told.run, "source") == ("left", "right", "sink")
    told.person(edit("source.md", rerun=True))
    assert states(told) == {"source": "completed", "left": "queued", "right": "queued", "sink": "pending"}


def test_what_is_under_way_there_is_cancelled_and_begins_again() -> None:
    told = Teller(chain("writer", "reader"))
    told.begin("writer")
    told.writes("writer", "text.md", "Hello.")
    told.finishes("writer")
    told.begin("reader")
    told.says(told.message("reader"), "I am read")
    told.person(edit("text.md", rerun=True))
    (job,) = told.run.jobs
    assert (job.step, job.status, job.attempt) == ("reader", "queued", 2)
    assert [message.finish for message in told.run.step("reader").messages] == ["cancelled"]


def asking() -> Teller:
    told = Teller(chain("writer", "reader"))
    told.begin("writer")
    told.writes("writer", "text.md", "Hello.")
    told.finishes("writer")
    told.begin("reader")
    told.report("reader", c.PersonAsked(prompt="Aloud?", continuation=CONVERSATION))
    return told


def test_a_question_that_was_asked_there_is_withdrawn() -> None:
    told = asking()
    told.person(edit("text.md", rerun=True))
    assert [request.status for request in told.run.view.requests] == ["withdrawn"]
    assert states(told)["reader"] == "queued"


def left_by_the_reader(told: Teller) -> str | None:
    (job,) = told.run.jobs
    return told.run.continuation(job.step, job.phase, job.attempt)


@pytest.mark.parametrize("answered", [False, True])
def test_who_had_asked_something_there_begins_afresh_over_the_new_text(answered: bool) -> None:
    told = asking()
    if answered:
        (request,) = told.run.view.requests
        told.person(c.AnswerRequest(request_id=request.request_id, decision="respond", answer="Yes."))
        assert left_by_the_reader(told) == CONVERSATION
    told.person(edit("text.md", rerun=True))
    assert left_by_the_reader(told) is None


def test_a_paused_run_does_it_again_when_it_goes_on() -> None:
    told = Teller(chain("writer", "reader"))
    told.begin("writer")
    told.writes("writer", "text.md", "Hello.")
    told.finishes("writer")
    told.person(c.PauseRun())
    told.person(edit("text.md", rerun=True))
    assert (states(told)["reader"], told.run.jobs) == ("pending", ())
    told.person(c.ResumeRun())
    assert states(told)["reader"] == "queued"


def test_nothing_comes_after_the_last_step() -> None:
    told = finished()
    told.person(edit("sink.md", rerun=True))
    assert told.run.view.status == "completed"


def test_a_cancelled_runs_files_can_be_edited_but_it_does_not_go_on() -> None:
    told = Teller(chain("writer", "reader"))
    told.begin("writer")
    told.writes("writer", "text.md", "Hello.")
    told.person(c.CancelRun())
    assert code_of(told, edit("text.md", rerun=True)) == "run_ended"
    told.person(edit("text.md"))
    assert told.run.view.artifacts[0].version == 2


@pytest.mark.parametrize(
    ("path", "content", "code"),
    [
        ("none.md", "x", "unknown_artifact"),
        ("../etc/passwd", "x", "unknown_artifact"),
        ("left.md", "x" * (10 * 1024 * 1024 + 1), "file_too_large"),
        ("left.md", "é" * (5 * 1024 * 1024 + 1), "file_too_large"),
    ],
)
def test_an_edit_that_cannot_be_made_is_refused_in_words(path: str, content: str, code: str) -> None:
    told = finished()
    assert code_of(told, edit(path, content)) == code


def test_the_largest_file_is_taken_and_text_that_databases_refuse_is_made_storable() -> None:
    told = finished()
    told.person(edit("left.md", "x" * 10 * 1024 * 1024))
    told.person(edit("left.md", "\x00\ud800"))
    assert next(one.size for one in told.run.view.artifacts if one.path == "left.md") == len("��".encode())


def test_pictures_are_not_text() -> None:
    assert not is_text("image/png")
    assert all(map(is_text, ("text/markdown", "application/json", "image/svg+xml", "text/javascript")))
