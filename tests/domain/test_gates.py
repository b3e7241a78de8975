"""Gates: who is asked, what is shown, what each decision leads to, and what agents are told of it."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest

from botarmy.domain import commands as c
from botarmy.domain.briefing import told as told_next
from botarmy.domain.errors import DomainError
from botarmy.domain.events import Decision, StepPlan
from botarmy.domain.gate import Edited, Gate
from botarmy.domain.gates import (
    AS_IT_IS,
    FEEDBACK_KEPT,
    NO_REASON,
    ONCE_MORE,
    REQUESTS_OF_A_RUN,
    ROUNDS,
    SKIP,
    STOP,
    edited_reply,
    feedback_for,
    with_approvals,
)
from botarmy.domain.run import summarize
from botarmy.domain.team import AgentSpec, Team
from botarmy.domain.views import RequestView
from scripts.wire.teller import Teller, chain

PAIR = chain("writer", "printer")
AFTER = (replace(PAIR[0], approval="after"), PAIR[1])
BEFORE = (PAIR[0], replace(PAIR[1], approval="before"))
FIRST = (replace(PAIR[0], approval="before"), PAIR[1])
WEEK = 7 * 86_400


def writes(told: Teller, text: str, path: str | None = "docs/text.md") -> None:
    told.begin("writer")
    if path:
        told.writes("writer", path, text)
    told.speaks("writer", text)
    told.finishes("writer")


def after(path: str | None = "docs/text.md") -> Teller:
    told = Teller(AFTER)
    writes(told, "Hello.", path)
    return told


def before() -> Teller:
    told = Teller(BEFORE)
    writes(told, "Hello.")
    return told


def asked(told: Teller) -> RequestView:
    (request,) = [request for request in told.run.view.requests if request.status == "open"]
    return request


def gate(told: Teller) -> Gate:
    shown = asked(told).gate
    assert shown is not None
    return shown


def decide(
    told: Teller, decision: Decision, answer: str | None = None, *, path: str | None = None, by: str = "maria"
) -> None:
    request = asked(told)
    command = c.AnswerRequest(
        request_id=request.request_id, decision=decision, answer=answer, subject=request.subject, path=path
    )
    told.person(command, by)


def states(told: Teller) -> list[str]:
    return [step.status for step in told.run.view.steps]


def refusal(told: Teller, command: c.Command, by: str = "ravi") -> DomainError:
    with pytest.raises(DomainError) as caught:
        told.person(command, by)
    return caught.value


# --- Who is asked -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wanted", "approvals"),
    [
        ("none", [None, None]),
        ("each", ["after", "before"]),
        (["Writer"], ["after", None]),
        (["PRINTER "], [None, "before"]),
        (["writer", "Printer"], ["after", "before"]),
        ([], [None, None]),
    ],
)
def test_whoever_starts_a_run_says_when_to_be_asked(wanted: list[str], approvals: list[str | None]) -> None:
    assert [step.approval for step in with_approvals(BEFORE, wanted)] == approvals


def test_an_agent_that_the_team_does_not_have_is_refused_by_name() -> None:
    with pytest.raises(DomainError) as caught:
        with_approvals(PAIR, ["Writer", "Painter"])
    assert (caught.value.code, caught.value.message) == ("unknown_agent", "This team has no agent called “Painter”.")
    assert caught.value.action == "Choose among: Writer, Printer."


# --- After the work -----------------------------------------------------------------------------------------------


def test_finished_work_waits_for_approval_and_holds_no_job() -> None:
    told = after()
    request = asked(told)
    assert (told.run.view.status, told.run.jobs, states(told)) == ("waiting", (), ["waiting", "pending"])
    assert told.run.step("writer").task == "Waiting for approval"
    assert (request.kind, request.step, request.options) == ("approval", "writer", ())
    assert request.prompt == "Writer is done: The writer's part. May the team go on with it?"
    assert summarize(told.run).waiting == 1


def test_what_is_shown_are_the_files_and_the_end_of_what_the_agent_said() -> None:
    shown = gate(after())
    assert [(file.path, file.version) for file in shown.artifacts] == [("docs/text.md", 1)]
    assert (shown.when, shown.round, shown.rounds, shown.more) == ("after", 1, ROUNDS, 0)
    assert (shown.excerpt, bool(shown.message_id)) == ("Hello.", True)


def test_a_long_reply_and_many_files_are_shown_in_part_and_all_of_it_counts() -> None:
    told = Teller(AFTER)
    told.begin("writer")
    for number in range(60):
        told.writes("writer", f"docs/{number:02}.md", "x")
    told.speaks("writer", "x" * 5_000)
    told.finishes("writer")
    shown, subject = gate(told), asked(told).subject
    assert (len(shown.artifacts), shown.more, len(shown.excerpt)) == (50, 10, 2_000)
    told.person(c.EditArtifact(path="docs/59.md", content="y"), "ravi")
    assert asked(told).subject != subject


def test_approved_work_goes_on_to_the_next_agent() -> None:
    told = after()
    decide(told, "approve")
    assert states(told) == ["completed", "queued"]
    request = told.run.view.requests[0]
    assert (request.status, request.decision, request.by) == ("answered", "approve", "maria")


def test_nothing_is_approved_by_time() -> None:
    told = after()
    told.wait(52 * WEEK)
    assert told.run.view.status == "waiting"
    decide(told, "approve")
    assert states(told) == ["completed", "queued"]


def test_an_edited_file_is_a_version_by_the_person_and_counts_as_approved() -> None:
    told = after()
    decide(told, "edit", "Hello, world.\n")
    (artifact,) = told.run.view.artifacts
    assert (artifact.path, artifact.version, artifact.by, artifact.step) == ("docs/text.md", 2, "maria", "writer")
    assert artifact.sha256 == hashlib.sha256(b"Hello, world.\n").hexdigest()
    shown = told.run.view.requests[0].gate
    assert shown
    assert shown.edited == Edited(path="docs/text.md", version=2, sha256=artifact.sha256, of="file")
    assert states(told) == ["completed", "queued"]
    assert "docs/text.md was then changed by a person" in told_next(told.run, team(), told.run.step("writer"))


def test_of_several_files_the_one_that_is_named_is_edited() -> None:
    told = Teller(AFTER)
    told.begin("writer")
    told.writes("writer", "docs/a.md", "a")
    told.writes("writer", "docs/b.md", "b")
    told.finishes("writer")
    decide(told, "edit", "B", path="docs/b.md")
    assert [(artifact.path, artifact.version) for artifact in told.run.view.artifacts] == [
        ("docs/a.md", 1),
        ("docs/b.md", 2),
    ]


def test_without_a_file_the_edited_reply_becomes_one_that_the_next_agents_get() -> None:
    told = after(path=None)
    decide(told, "edit", "Print it twice.")
    (artifact,) = told.run.view.artifacts
    assert (artifact.path, artifact.by) == ("docs/writer.md", "maria")
    assert edited_reply(told.run, "writer") == artifact.sha256


def test_an_edited_reply_that_is_edited_again_later_counts_as_it_is_then() -> None:
    told = after(path=None)
    decide(told, "edit", "Print it twice.")
    told.person(c.EditArtifact(path="docs/writer.md", content="Three times."), "ravi")
    assert edited_reply(told.run, "writer") == hashlib.sha256(b"Three times.").hexdigest()


def test_an_edited_reply_never_replaces_another_agents_file() -> None:
    told = Teller((PAIR[0], replace(PAIR[1], approval="after")))
    writes(told, "Hello.", "docs/printer.md")
    told.works("printer")
    decide(told, "edit", "Printed.")
    assert [(a.path, a.version, a.step) for a in told.run.view.artifacts] == [
        ("docs/printer-2.md", 1, "printer"),
        ("docs/printer.md", 1, "writer"),
    ]


def test_sent_back_work_is_done_again_with_the_feedback_and_asked_about_in_the_next_round() -> None:
    told = after()
    decide(told, "reject", "Too short.")
    (job,) = told.run.jobs
    assert (job.step, job.phase, job.attempt) == ("writer", "work", 2)
    assert feedback_for(told.run, "writer") == ("Too short.",)
    assert feedback_for(told.run, "printer") == ()
    writes(told, "Hello and welcome.")
    assert gate(told).round == 2
    assert asked(told).prompt.endswith("This is round 2 of 3.")


def test_only_the_last_phase_is_done_again() -> None:
    told = Teller(tuple(replace(step, phases=("plan", "work")) for step in AFTER))
    told.works("writer")
    told.works("writer")
    decide(told, "reject", "Too short.")
    assert [phase.status for phase in told.run.step("writer").phases] == ["completed", "pending"]
    assert [job.phase for job in told.run.jobs] == ["work"]


def test_what_is_shown_in_the_second_round_is_what_was_said_in_it() -> None:
    told = after()
    decide(told, "reject", "Too short.")
    writes(told, "Hello and welcome.")
    assert gate(told).excerpt == "Hello and welcome."
    decide(told, "approve")
    assert told_next(told.run, team(), told.run.step("writer")) == "Hello and welcome."


def test_without_a_reason_the_agent_is_still_told_that_it_was_sent_back() -> None:
    told = after()
    decide(told, "reject", "  ")
    assert feedback_for(told.run, "writer") == (NO_REASON,)


def test_a_response_is_taken_up_without_using_a_round() -> None:
    told = after()
    decide(told, "respond", "Who is it for?")
    assert feedback_for(told.run, "writer") == ("Who is it for?",)
    writes(told, "Hello, neighbours.")
    assert gate(told).round == 1


def test_the_newest_feedback_is_kept() -> None:
    told = after()
    for number in range(FEEDBACK_KEPT + 2):
        decide(told, "respond", f"Word {number}")
        writes(told, f"Hello {number}.")
    words = feedback_for(told.run, "writer")
    assert (len(words), words[-1]) == (FEEDBACK_KEPT, f"Word {FEEDBACK_KEPT + 1}")


# --- What now? ----------------------------------------------------------------------------------------------------


def worn_out() -> Teller:
    told = after()
    for number in range(1, ROUNDS):
        decide(told, "reject", f"No {number}.")
        writes(told, f"Hello {number}.")
    decide(told, "reject", f"No {ROUNDS}.")
    return told


def test_after_the_third_round_a_person_is_asked_what_now() -> None:
    told = worn_out()
    request = asked(told)
    assert (request.kind, request.options) == ("question", (AS_IT_IS, ONCE_MORE, SKIP, STOP))
    assert (request.prompt, told.run.jobs) == ("Writer’s part was sent back 3 times. What now?", ())


@pytest.mark.parametrize(
    ("decision", "words", "becomes"),
    [
        ("respond", AS_IT_IS, ["completed", "queued"]),
        ("approve", None, ["completed", "queued"]),
        ("edit", "Hello, world.", ["completed", "queued"]),
        ("respond", ONCE_MORE, ["queued", "pending"]),
        ("respond", "Say it in French.", ["queued", "pending"]),
        ("reject", "Say it in French.", ["queued", "pending"]),
        ("reject", None, ["queued", "pending"]),
        ("respond", SKIP, ["skipped", "queued"]),
        ("respond", STOP, ["error", "skipped"]),
    ],
)
def test_what_a_person_decides_then_is_done(decision: Decision, words: str | None, becomes: list[str]) -> None:
    told = worn_out()
    decide(told, decision, words)
    assert states(told) == becomes


def test_another_try_has_all_the_feedback_and_ends_in_the_same_question() -> None:
    told = worn_out()
    decide(told, "respond", "Say it in French.")
    assert feedback_for(told.run, "writer") == ("No 1.", "No 2.", "No 3.", "Say it in French.")
    writes(told, "Bonjour.")
    assert gate(told).round == ROUNDS
    decide(told, "reject")
    assert asked(told).kind == "question"


@pytest.mark.parametrize("choice", [SKIP, STOP])
def test_what_was_skipped_or_stopped_can_be_retried_and_begins_in_the_first_round(choice: str) -> None:
    told = worn_out()
    decide(told, "respond", choice)
    if choice == SKIP:
        told.works("printer")
    assert told.run.ended
    told.person(c.RetryStep("writer"))
    writes(told, "Hello at last.")
    assert (gate(told).round, told.run.view.ended_at) == (1, None)


def test_a_stop_says_why_and_keeps_what_is_there() -> None:
    told = worn_out()
    decide(told, "respond", STOP)
    (error,) = told.run.view.errors
    assert (error.code, error.severity, told.run.view.status) == ("not_approved", "error", "failed")
    assert [artifact.path for artifact in told.run.view.artifacts] == ["docs/text.md"]


# --- Before the work ----------------------------------------------------------------------------------------------


def test_an_agent_begins_only_once_it_may() -> None:
    told = before()
    assert (states(told), asked(told).prompt) == (["completed", "waiting"], "May Printer begin?")
    assert [file.path for file in gate(told).artifacts] == ["docs/text.md"]
    assert gate(told).excerpt == "Hello."
    decide(told, "approve")
    assert states(told) == ["completed", "queued"]


def test_before_the_first_agent_the_brief_is_shown() -> None:
    told = Teller(FIRST, brief="A timer.")
    assert (gate(told).excerpt, gate(told).message_id, told.run.view.status) == ("A timer.", None, "waiting")
    assert told.run.jobs == ()


def test_a_word_on_the_way_becomes_a_note_for_the_agent() -> None:
    told = before()
    decide(told, "edit", "On thick paper.")
    assert states(told) == ["completed", "queued"]
    assert [(note.step, note.content, note.by) for note in told.run.view.notes] == [
        ("printer", "On thick paper.", "maria")
    ]


@pytest.mark.parametrize(("decision", "round_"), [("reject", 2), ("respond", 1)])
def test_what_it_would_start_from_is_done_again_first(decision: Decision, round_: int) -> None:
    told = before()
    decide(told, decision, "Not ready.")
    assert states(told) == ["queued", "pending"]
    assert feedback_for(told.run, "writer") == ("Not ready.",)
    writes(told, "Hello, reader.")
    assert (states(told), gate(told).round) == (["completed", "waiting"], round_)


def test_after_the_third_refusal_to_begin_a_person_is_asked_what_now() -> None:
    told = before()
    for number in range(1, ROUNDS):
        decide(told, "reject", "Not ready.")
        writes(told, f"Hello {number}.")
    decide(told, "reject")
    assert asked(told).kind == "question"
    decide(told, "respond", AS_IT_IS)
    assert states(told) == ["completed", "queued"]


def test_a_first_agent_that_may_not_begin_is_skipped() -> None:
    told = Teller(FIRST)
    decide(told, "reject", "Not needed.")
    assert states(told) == ["skipped", "queued"]


def test_a_word_to_a_first_agent_is_noted_and_it_is_asked_again() -> None:
    told = Teller(FIRST)
    decide(told, "respond", "In French, please.")
    assert [note.content for note in told.run.view.notes] == ["In French, please."]
    assert (states(told), gate(told).round) == (["waiting", "pending"], 1)


def test_an_agent_is_not_waved_through_while_what_it_needs_is_done_again() -> None:
    told = Teller(BEFORE)
    told.begin("writer")
    told.fails("writer")
    old = asked(told)
    told.person(c.RetryStep("writer"))
    assert states(told) == ["queued", "pending"]
    assert refusal(told, c.AnswerRequest(request_id=old.request_id, decision="approve")).code == "request_closed"
    writes(told, "Hello.")
    assert states(told) == ["completed", "waiting"]


# --- First answer, stale answer -----------------------------------------------------------------------------------


def test_the_first_answer_wins() -> None:
    told = after()
    request = asked(told)
    decide(told, "approve")
    late = c.AnswerRequest(request_id=request.request_id, decision="reject", answer="No.", subject=request.subject)
    assert refusal(told, late).code == "request_closed"


def test_an_answer_to_what_has_changed_is_refused_with_the_new_subject() -> None:
    told = after()
    seen = asked(told)
    told.wait(60)
    told.person(c.EditArtifact(path="docs/text.md", content="Good day."), "ravi")
    now = asked(told)
    assert (now.request_id, now.opened_at) == (seen.request_id, seen.opened_at)
    assert gate(told).artifacts[0].version == 2
    stale = refusal(told, c.AnswerRequest(request_id=seen.request_id, decision="approve", subject=seen.subject))
    assert (stale.code, stale.problem().subject) == ("request_stale", now.subject)
    decide(told, "approve")
    assert states(told) == ["completed", "queued"]
    assert summarize(told.run).waiting == 0


def test_an_edit_that_says_the_same_changes_nothing() -> None:
    told = after()
    seen = asked(told)
    told.person(c.EditArtifact(path="docs/text.md", content="Hello."), "ravi")
    assert (asked(told), told.run.view.artifacts[0].version) == (seen, 1)


@pytest.mark.parametrize(
    ("decision", "answer", "path", "code"),
    [
        ("edit", None, None, "empty_edit"),
        ("edit", "x", "docs/other.md", "unknown_artifact"),
        ("edit", "x", "logo.png", "not_text"),
        ("edit", "x" * (10 * 1024 * 1024 + 1), None, "file_too_large"),
        ("respond", " ", None, "empty_note"),
        ("respond", None, None, "empty_note"),
        ("reject", "x" * (c.NOTE_BYTES + 1), None, "note_too_long"),
        ("approve", "x" * (c.NOTE_BYTES + 1), None, "note_too_long"),
    ],
)
def test_a_decision_that_cannot_be_carried_out_leaves_the_question_open(
    decision: Decision, answer: str | None, path: str | None, code: str
) -> None:
    told = Teller(AFTER)
    told.begin("writer")
    told.writes("writer", "docs/text.md", "Hello.")
    told.writes("writer", "logo.png", "…", "image/png")
    told.finishes("writer")
    request = asked(told)
    command = c.AnswerRequest(request_id=request.request_id, decision=decision, answer=answer, path=path)
    assert refusal(told, command).code == code
    assert asked(told) == request


# --- Pause, skip, cancel, bounds ----------------------------------------------------------------------------------


def test_what_is_decided_while_the_run_is_paused_is_done_when_it_goes_on() -> None:
    told = after()
    told.person(c.PauseRun())
    decide(told, "approve")
    assert states(told) == ["completed", "pending"]
    told.person(c.ResumeRun())
    assert states(told) == ["completed", "queued"]


def test_a_paused_run_of_which_nothing_is_left_ends() -> None:
    told = after()
    told.person(c.SkipStep("printer"))
    told.person(c.PauseRun())
    decide(told, "approve")
    assert (states(told), told.run.view.status) == (["completed", "skipped"], "completed")


@pytest.mark.parametrize("command", [c.SkipStep("writer"), c.CancelRun()])
def test_a_skip_and_a_cancel_withdraw_the_question(command: c.Command) -> None:
    told = after()
    told.person(command)
    assert [request.status for request in told.run.view.requests] == ["withdrawn"]
    assert any("No approval is needed any more" in event for event in told.events())


def test_a_step_that_was_skipped_at_its_gate_can_be_retried() -> None:
    told = after()
    told.person(c.SkipStep("writer"))
    told.person(c.RetryStep("writer"))
    assert states(told)[0] == "queued"


def test_a_step_that_failed_is_not_asked_about() -> None:
    told = Teller(AFTER)
    told.begin("writer")
    told.fails("writer")
    assert (states(told), told.run.view.requests) == (["error", "queued"], ())


@pytest.mark.parametrize("plan", [AFTER, FIRST])
def test_a_gate_that_asks_on_and_on_ends_its_step_in_words(plan: tuple[StepPlan, ...]) -> None:
    told = Teller(plan)
    while states(told)[0] != "error":
        if told.run.jobs:
            told.works("writer")
        else:
            decide(told, "respond", "Again.")
    assert [error.code for error in told.run.view.errors] == ["too_many_questions"]
    assert len(told.run.view.requests) == REQUESTS_OF_A_RUN
    assert states(told)[1] == "queued"


def test_steps_beside_a_gate_go_on() -> None:
    told = Teller((AFTER[0], replace(PAIR[1], needs=())))
    writes(told, "Hello.")
    assert (states(told), told.run.view.status) == (["waiting", "queued"], "running")


def team() -> Team:
    steps = tuple(
        AgentSpec(step=plan.step, name=plan.agent_name, title=plan.title, instructions="Do it.") for plan in PAIR
    )
    return Team(name="pair", title="Pair", steps=steps)
