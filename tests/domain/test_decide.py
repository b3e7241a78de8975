"""What each command does to a run in each of its states, and the words with which it is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

import pytest

from botarmy.domain import commands as c
from botarmy.domain import events as e
from botarmy.domain.codec import encode
from botarmy.domain.decide import decide
from botarmy.domain.draft import Decided
from botarmy.domain.errors import DomainError
from botarmy.domain.events import StepPlan
from botarmy.domain.fold import fold
from botarmy.domain.run import Run
from botarmy.domain.texts import title_of
from botarmy.domain.times import elapsed_ms
from scripts.wire.forks import follow_up_of, fork_of
from scripts.wire.teller import Teller, chain

START: Final = c.StartRun(
    run_id="run-1",
    brief="A pomodoro timer.",
    title=None,
    team="pair",
    options={},
    plan=chain("writer", "reader"),
    definition="0" * 64,
)

# --- A run in each of its states ----------------------------------------------------------------------------------


def queued() -> Teller:
    return Teller(chain("writer", "reader"))


def working() -> Teller:
    told = queued()
    told.begin("writer")
    told.says(told.message("writer"), "Once upon")
    return told


def retrying() -> Teller:
    told = working()
    told.fails("writer", retryable=True)
    return told


def asking() -> Teller:
    told = working()
    told.report("writer", c.PersonAsked(prompt="Who reads it?", options=("You", "I")))
    return told


def held() -> Teller:
    told = working()
    told.person(c.PauseRun())
    return told


def held_asking() -> Teller:
    told = asking()
    told.person(c.PauseRun())
    return told


def succeeded() -> Teller:
    told = queued()
    told.works("writer")
    told.works("reader")
    return told


def partial() -> Teller:
    told = queued()
    told.begin("writer")
    told.fails("writer")
    told.works("reader")
    return told


def failed() -> Teller:
    told = queued()
    for step in ("writer", "reader"):
        told.begin(step)
        told.fails(step)
    return told


def cancelled() -> Teller:
    told = working()
    told.person(c.CancelRun())
    return told


def deleted() -> Teller:
    told = working()
    told.person(c.DeleteRun())
    return told


def newer() -> Teller:
    told = working()
    told.newer("mood", "Writer is in a good mood", {"step": "writer"})
    return told


STATES: Final[dict[str, Callable[[], Teller]]] = {
    tell.__name__: tell
    for tell in (
        queued,
        working,
        retrying,
        asking,
        held,
        held_asking,
        succeeded,
        partial,
        failed,
        cancelled,
        deleted,
        newer,
    )
}
ENDED: Final = "succeeded partial failed cancelled"
UNASKED: Final = f"queued working retrying held {ENDED}"


def job_of(run: Run | None) -> str:
    return next((job.job_id for job in run.jobs if job.step == "writer"), "gone") if run else "gone"


def request_of(run: Run | None) -> str:
    return run.view.requests[0].request_id if run and run.view.requests else "never-asked"


def answer(decision: e.Decision = "respond", text: str | None = "You", subject: str | None = None) -> Any:
    return lambda run: c.AnswerRequest(request_id=request_of(run), decision=decision, answer=text, subject=subject)


def refused(**codes: str) -> dict[str, str]:
    """Which states refuse a command with which code; the others allow it."""
    return {state: code for code, states in codes.items() for state in states.split()}


BEGINNINGS: Final = ("start", "fork", "follow up")
"""Commands for a run that is not there yet."""
COMMANDS: Final[dict[str, tuple[Callable[[Run | None], c.Command], dict[str, str]]]] = {
    "start": (lambda _: START, refused(illegal_transition=" ".join(STATES))),
    "fork": (lambda _: fork_of(queued().run, "writer"), refused(illegal_transition=" ".join(STATES))),
    "follow up": (lambda _: follow_up_of(queued().run, "More."), refused(illegal_transition=" ".join(STATES))),
    "pause": (lambda _: c.PauseRun(), refused(run_ended=ENDED, run_already_paused="held held_asking")),
    "resume": (
        lambda _: c.ResumeRun(),
        refused(run_ended=ENDED, run_not_paused="queued working retrying asking"),
    ),
    "cancel": (lambda _: c.CancelRun(), refused(run_ended=ENDED)),
    "delete": (lambda _: c.DeleteRun(), {}),
    "retry": (
        lambda _: c.RetryStep("writer"),
        refused(
            run_ended="cancelled",
            run_not_running="held held_asking",
            step_not_retryable="queued working retrying asking succeeded",
        ),
    ),
    "retry an unknown step": (lambda _: c.RetryStep("nobody"), dict.fromkeys(STATES, "unknown_step")),
    "skip": (lambda _: c.SkipStep("writer"), refused(run_ended=ENDED)),
    "skip a pending step": (lambda _: c.SkipStep("reader"), refused(run_ended=ENDED)),
    "skip an unknown step": (
        lambda _: c.SkipStep("nobody"),
        dict.fromkeys(STATES, "unknown_step") | refused(run_ended=ENDED),
    ),
    "answer": (answer(), refused(unknown_request=UNASKED)),
    "answer with nothing": (answer(text=" \n"), refused(unknown_request=UNASKED, empty_note="asking held_asking")),
    "answer with no text": (answer(text=None), refused(unknown_request=UNASKED, empty_note="asking held_asking")),
    "answer with too much": (
        answer(text="x" * (c.NOTE_BYTES + 1)),
        refused(unknown_request=UNASKED, note_too_long="asking held_asking"),
    ),
    "approve a question": (answer("approve"), refused(unknown_request=UNASKED, bad_decision="asking held_asking")),
    "answer what has changed": (
        answer(subject="another"),
        refused(unknown_request=UNASKED, request_stale="asking held_asking"),
    ),
    "edit an unknown file": (
        lambda _: c.EditArtifact(path="docs/none.md", content="?"),
        dict.fromkeys(STATES, "unknown_artifact"),
    ),
    "note": (lambda _: c.AddNote(content="Hurry."), refused(run_ended=ENDED)),
    "note for a step": (lambda _: c.AddNote(content="Hurry.", step="reader"), refused(run_ended=ENDED)),
    "note for nobody": (
        lambda _: c.AddNote(content="Hurry.", step="nobody"),
        dict.fromkeys(STATES, "unknown_step") | refused(run_ended=ENDED),
    ),
    "empty note": (
        lambda _: c.AddNote(content="\t "),
        dict.fromkeys(STATES, "empty_note") | refused(run_ended=ENDED),
    ),
    "long note": (
        lambda _: c.AddNote(content="é" * (c.NOTE_BYTES // 2 + 1)),
        dict.fromkeys(STATES, "note_too_long") | refused(run_ended=ENDED),
    ),
    "begin": (
        lambda run: c.BeginJob(job_id=job_of(run), token=9, worker_id="w"),
        refused(stale_job=f"working asking held_asking {ENDED}", run_not_running="held"),
    ),
    "report": (
        lambda run: c.ReportJob(job_id=job_of(run), token=9, reports=(c.WorkDone(summary="Done."),)),
        refused(stale_job=f"queued retrying asking held held_asking {ENDED}"),
    ),
    "hand back": (
        lambda run: c.HandBackJob(job_id=job_of(run), token=9),
        refused(stale_job=f"asking held_asking {ENDED}"),
    ),
    "lose": (
        lambda run: c.LoseJob(job_id=job_of(run), token=9),
        refused(stale_job=f"asking held_asking {ENDED}"),
    ),
}


def decided(run: Run | None, command: c.Command) -> Decided:
    ids = (f"new-{number}" for number in range(10_000))
    envelope = c.Envelope(at="2026-11-21T00:00:00.000Z", by="local", new_id=lambda: next(ids))
    return decide(run, run.view.run_id if run else "run-1", command, envelope)


def expected(command: str, state: str) -> str:
    """The code of the refusal, or `allowed`. What is deleted or of a newer version is beyond every other rule."""
    codes = COMMANDS[command][1]
    if state == "deleted" and command not in BEGINNINGS:
        return "run_deleted"
    if state == "newer" and command not in (*BEGINNINGS, "delete"):
        return "newer_version"
    return codes.get(state, "allowed")


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_in_a_state_is_carried_out_or_refused_in_words(command: str, state: str) -> None:
    run = STATES[state]().run
    code, decision = outcome(run, COMMANDS[command][0](run))
    assert code == expected(command, state)
    if decision is None:
        return
    committed = [event.at(run.view.position + n, run.view.version + n) for n, event in enumerate(decision.events, 1)]
    assert without_position(fold(committed, run)) == without_position(decision.run)
    assert all(json.loads(encode(event)) for event in decision.events)


def outcome(run: Run, command: c.Command) -> tuple[str, Decided | None]:
    try:
        return "allowed", decided(run, command)
    except DomainError as refusal:
        return refusal.code, None


@pytest.mark.parametrize("command", [name for name in COMMANDS if name not in BEGINNINGS])
def test_a_command_to_a_run_that_does_not_exist_is_refused(command: str) -> None:
    with pytest.raises(DomainError) as caught:
        decided(None, COMMANDS[command][0](None))
    assert caught.value.code == "unknown_run"


def test_every_kind_of_command_is_tried_in_every_state() -> None:
    run = working().run
    tried = {type(build(run)) for build, _ in COMMANDS.values()}
    assert tried == set(c.Command.__args__)


def without_position(run: Run | None) -> Run:
    assert run is not None
    return replace(run, view=replace(run.view, position=0))


def status_of(told: Teller) -> str:
    return told.run.view.status


def outcome_of(told: Teller) -> str | None:
    return told.run.view.outcome


def first_of(told: Teller) -> str:
    """The status of the first step."""
    return told.run.view.steps[0].status


# --- Starting -----------------------------------------------------------------------------------------------------


def test_a_started_run_queues_every_step_that_needs_no_other() -> None:
    plan = (*chain("writer", "reader"), StepPlan(step="x", agent_name="X", title="X", needs=(), phases=("a", "b")))
    decision = decided(None, replace(START, plan=plan))
    assert [step.status for step in decision.run.view.steps] == ["queued", "pending", "queued"]
    queued_up = [job for job in decision.jobs if isinstance(job, c.Enqueue)]
    assert [(job.step, job.phase, job.attempt) for job in queued_up] == [("writer", "work", 1), ("x", "a", 1)]
    assert decision.run.view.owner == "local"


@pytest.mark.parametrize(
    ("brief", "title", "code"),
    [
        ("", None, "empty_brief"),
        (" \n\t", None, "empty_brief"),
        ("x" * (c.BRIEF_BYTES + 1), None, "brief_too_long"),
        ("🍅" * (c.BRIEF_BYTES // 4 + 1), None, "brief_too_long"),
        ("A timer", "", "bad_title"),
        ("A timer", " \n ", "bad_title"),
        ("A timer", "x" * 201, "bad_title"),
    ],
)
def test_a_brief_or_title_that_cannot_be_used_is_refused(brief: str, title: str | None, code: str) -> None:
    with pytest.raises(DomainError) as caught:
        decided(None, replace(START, brief=brief, title=title))
    assert caught.value.code == code


def test_the_longest_brief_and_title_are_taken() -> None:
    view = decided(None, replace(START, brief="x" * c.BRIEF_BYTES, title="t" * 200)).run.view
    assert (len(view.brief), len(view.title)) == (c.BRIEF_BYTES, 200)


def test_text_that_databases_refuse_is_made_storable() -> None:
    view = decided(None, replace(START, brief="A\x00 timer \ud800", title="T\x00\nitle")).run.view
    assert (view.brief, view.title) == ("A\ufffd timer \ufffd", "T\ufffd itle")


@pytest.mark.parametrize(
    ("brief", "title"),
    [
        ("A pomodoro timer.", "A pomodoro timer"),
        ("\n\n  A timer\nwith a bell", "A timer"),
        ("# A timer\n\nIt rings.", "A timer"),
        ("...", "..."),
        ("#", "#"),
        ("x" * 72, "x" * 72),
        ("x" * 73, "x" * 72 + "…"),
        ("word " * 20, "word " * 13 + "word…"),
        ("Zeile\u2028zwei", "Zeile"),
    ],
)
def test_a_run_without_a_title_is_called_by_the_first_line_of_its_brief(brief: str, title: str) -> None:
    assert title_of(brief) == title


# --- Ends ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tell", "status", "outcome"),
    [
        (succeeded, "completed", "succeeded"),
        (partial, "completed", "partial"),
        (failed, "failed", None),
        (cancelled, "cancelled", None),
    ],
)
def test_a_run_ends_as_its_steps_did(tell: Callable[[], Teller], status: str, outcome: str | None) -> None:
    view = tell().run.view
    assert (view.status, view.outcome) == (status, outcome)
    assert view.ended_at is not None


def test_a_skipped_step_is_not_missing() -> None:
    told = queued()
    told.person(c.SkipStep("writer"))
    told.works("reader")
    assert outcome_of(told) == "succeeded"


def test_a_run_whose_steps_were_all_skipped_has_failed() -> None:
    told = queued()
    told.person(c.SkipStep("reader"))
    told.person(c.SkipStep("writer"))
    assert status_of(told) == "failed"


def test_a_failing_agent_is_told_about_and_the_next_one_goes_on() -> None:
    told = working()
    told.fails("writer")
    contents = [event.content for event in told.told()]
    assert "Agent Writer encountered an issue. Continuing with workflow..." in contents
    assert [step.status for step in told.run.view.steps] == ["error", "queued"]


def test_a_fallback_makes_the_outcome_partial_until_the_step_is_retried() -> None:
    told = Teller(chain("writer"))
    told.begin("writer")
    message = told.message("writer")
    message.texts["text"] = "Please give me a moment."
    told.ends(message, model=None)
    told.finishes("writer")
    assert outcome_of(told) == "partial"
    told.person(c.RetryStep("writer"))
    assert status_of(told) == "running"
    told.works("writer")
    assert outcome_of(told) == "succeeded"


def test_a_fallback_counts_even_where_its_message_is_too_old_for_the_view() -> None:
    told = Teller(chain("writer"))
    told.begin("writer")
    told.ends(told.message("writer"), model=None)
    for _ in range(201):
        told.speaks("writer", "More.")
    told.finishes("writer")
    assert outcome_of(told) == "partial"


# --- Pause, cancel, delete ------------------------------------------------------------------------------------------


def test_a_pause_keeps_the_partial_text_and_uses_up_no_attempt() -> None:
    told = held()
    (message,) = told.run.view.steps[0].messages
    assert (message.text, message.finish) == ("Once upon", "interrupted")
    told.person(c.ResumeRun())
    told.begin("writer")
    assert told.run.view.steps[0].attempt == 1


def test_nothing_goes_on_while_a_run_is_paused_and_it_ends_once_nothing_is_left() -> None:
    told = held()
    told.person(c.SkipStep("writer"))
    assert (status_of(told), told.run.jobs) == ("paused", ())
    told.person(c.SkipStep("reader"))
    assert status_of(told) == "failed"


def test_an_answer_is_taken_while_a_run_is_paused() -> None:
    told = held_asking()
    request = told.run.view.requests[0].request_id
    told.person(c.AnswerRequest(request_id=request, decision="respond", answer="You"))
    assert status_of(told) == "paused"
    assert first_of(told) == "queued"


def test_the_first_answer_wins_and_the_others_are_told_so() -> None:
    told = asking()
    request = told.run.view.requests[0].request_id
    told.person(c.AnswerRequest(request_id=request, decision="respond", answer="You"), "maria")
    with pytest.raises(DomainError) as caught:
        told.person(c.AnswerRequest(request_id=request, decision="respond", answer="I"), "ravi")
    assert caught.value.code == "request_closed"
    (view,) = told.run.view.requests
    assert (view.answer, view.by) == ("You", "maria")


def test_a_cancelled_run_leaves_nothing_open() -> None:
    told = working()
    told.report("writer", c.ToolCalled(call_id="c", name="read_file", status="started", summary="Reading a.md"))
    told.person(c.CancelRun())
    step = told.run.view.steps[0]
    assert told.run.jobs == ()
    assert [m.finish for m in step.messages] == ["cancelled"]
    assert [call.status for call in step.tool_calls] == ["error"]
    assert [phase.status for s in told.run.view.steps for phase in s.phases] == ["cancelled", "cancelled"]


@pytest.mark.parametrize("command", [c.CancelRun(), c.SkipStep("writer")])
def test_a_question_of_a_step_that_ends_is_withdrawn(command: c.Command) -> None:
    told = asking()
    told.person(command)
    (request,) = told.run.view.requests
    assert (request.status, request.answer, request.by) == ("withdrawn", None, None)


def test_a_step_that_is_skipped_while_it_works_loses_its_job_and_keeps_its_text() -> None:
    told = working()
    told.person(c.SkipStep("writer"))
    assert [job.step for job in told.run.jobs] == ["reader"]
    assert [(m.text, m.finish) for m in told.run.view.steps[0].messages] == [("Once upon", "cancelled")]


def test_what_stays_of_a_deleted_run_holds_nobodys_words() -> None:
    told = asking()
    told.person(c.AddNote(content="My secret"))
    before = len(told.bodies)
    told.person(c.DeleteRun())
    tombstone = "".join(body for body, _, _ in told.bodies[before:])
    assert "secret" not in tombstone
    told = working()
    before = len(told.bodies)
    told.person(c.DeleteRun())
    assert "Once upon" not in "".join(body for body, _, _ in told.bodies[before:])
    assert told.run.jobs == ()


# --- Workers ------------------------------------------------------------------------------------------------------


def test_a_failure_that_may_pass_is_tried_again_after_a_wait_that_doubles() -> None:
    told = Teller(chain("writer", attempts=3))
    waits = []
    for _ in range(2):
        told.begin("writer")
        told.fails("writer", retryable=True)
        step = told.run.view.steps[0]
        assert (step.status, step.phases[0].status) == ("retrying", "pending")
        waits.append(elapsed_ms(told.at, step.retry_at or ""))
        told.wait(10)
    assert waits == [1000, 2000]
    told.begin("writer")
    told.fails("writer", retryable=True)
    assert first_of(told) == "error"


def test_a_lost_worker_uses_up_no_attempt_and_the_reader_is_told() -> None:
    told = working()
    told.lose("writer")
    assert (told.run.view.errors[-1].code, told.run.view.errors[-1].severity) == ("worker_lost", "warning")
    told.begin("writer")
    assert told.run.view.steps[0].attempt == 1


def test_a_job_is_given_up_after_its_twentieth_loss() -> None:
    told = queued()
    for _ in range(19):
        told.begin("writer")
        told.lose("writer")
    assert first_of(told) == "queued"
    told.begin("writer")
    told.lose("writer")
    assert first_of(told) == "error"
    assert told.run.view.errors[-1].code == "gave_up"


def test_whatever_a_worker_does_holds_only_under_its_token() -> None:
    waiting, busy = queued().run, working().run
    begun = decided(waiting, c.BeginJob(job_id=job_of(waiting), token=7, worker_id="w"))
    done = decided(busy, c.ReportJob(job_id=job_of(busy), token=7, reports=(c.WorkDone(summary="Done."),)))
    told = decided(busy, c.ReportJob(job_id=job_of(busy), token=7, reports=(c.ProgressMade(task="x", progress=0),)))
    assert begun.fence == (job_of(waiting), 7)
    assert done.fence == told.fence == (job_of(busy), 7)
    assert done.jobs[0] == c.Settle(job_id=job_of(busy), token=7, status="completed")
    for command in (c.HandBackJob(job_id=job_of(busy), token=7), c.LoseJob(job_id=job_of(busy), token=7)):
        (change,) = decided(busy, command).jobs
        assert isinstance(change, c.Requeue)
        assert change.token == 7


def test_a_question_uses_up_no_attempt() -> None:
    told = asking()
    request = told.run.view.requests[0].request_id
    told.person(c.AnswerRequest(request_id=request, decision="respond", answer="You"))
    assert told.job_of("writer").attempt == 1


def test_a_message_reported_twice_counts_once() -> None:
    told = queued()
    told.begin("writer")
    message = told.message("writer")
    told.says(message, "Whole.")
    for _ in range(2):
        told.ends(message, usage=e.Usage(input_tokens=5))
    assert told.run.view.usage.input_tokens == 5


def test_a_message_begins_when_its_first_piece_came() -> None:
    told = queued()
    told.begin("writer")
    message = told.message("writer")
    told.says(message, "Whole.")
    first = told.at
    told.wait(5)
    told.ends(message)
    assert told.run.view.steps[0].messages[0].started_at == first


def test_a_new_version_of_a_file_is_written_only_where_its_content_differs() -> None:
    told = queued()
    told.begin("writer")
    for content in ("one", "one", "two"):
        told.writes("writer", "a.md", content)
    assert [a.version for a in told.run.view.artifacts] == [2]


@pytest.mark.parametrize("path", ["../x", "/etc/passwd", "a.md/b"])
def test_a_file_under_a_hostile_name_is_left_out_and_the_work_goes_on(path: str) -> None:
    told = queued()
    told.begin("writer")
    told.writes("writer", "a.md", "fine")
    told.writes("writer", path, "not fine")
    assert [a.path for a in told.run.view.artifacts] == ["a.md"]
    assert told.run.view.errors[-1].severity == "warning"
    assert first_of(told) == "started"


def test_whatever_a_worker_sends_can_be_stored() -> None:
    told = queued()
    told.begin("writer")
    told.report(
        "writer",
        c.ProgressMade(task="\ud800\x00", progress=7.0),
        c.ToolCalled(call_id="\ud800", name="\x00", status="started", summary="\udfff"),
        c.PersonAsked(prompt="\ud800?", options=("\ud800",)),
    )
    assert told.run.view.requests[0].options == ("\ufffd",)


def test_a_report_after_the_work_is_done_is_refused_whole() -> None:
    told = working()
    before = told.run
    with pytest.raises(DomainError) as caught:
        told.report("writer", c.WorkDone(summary="Done."), c.ProgressMade(task="More", progress=None))
    assert caught.value.code == "stale_job"
    assert told.run == before


def test_an_agent_that_asks_on_and_on_is_stopped() -> None:
    told = Teller(chain("writer", "reader"))
    for _ in range(200):
        told.begin("writer")
        told.report("writer", c.PersonAsked(prompt="And now?"))
        request = told.run.view.requests[-1].request_id
        told.person(c.AnswerRequest(request_id=request, decision="respond", answer="Yes"))
    told.begin("writer")
    told.report("writer", c.PersonAsked(prompt="And now?"))
    assert told.run.view.errors[-1].code == "too_many_questions"
    assert [step.status for step in told.run.view.steps] == ["error", "queued"]


# --- Phases and needs ---------------------------------------------------------------------------------------------


def test_a_retry_begins_at_the_phase_that_failed() -> None:
    told = Teller(chain("writer", phases=("research", "plan", "write")))
    told.works("writer")
    told.begin("writer")
    told.fails("writer")
    assert [p.status for p in told.run.view.steps[0].phases] == ["completed", "error", "skipped"]
    told.person(c.RetryStep("writer"))
    assert [p.status for p in told.run.view.steps[0].phases] == ["completed", "pending", "pending"]
    assert told.job_of("writer").phase == "plan"


def test_a_step_waits_for_the_end_of_all_that_it_needs() -> None:
    plan = (*chain("a"), *chain("b"), StepPlan(step="c", agent_name="C", title="C", needs=("a", "b"), phases=("work",)))
    told = Teller(plan)
    told.works("a")
    assert told.run.step("c").status == "pending"
    told.begin("b")
    told.fails("b")
    assert told.run.step("c").status == "queued"
