from __future__ import annotations

import pytest

from botarmy.domain import commands as c
from botarmy.domain.errors import DomainError
from botarmy.domain.events import Note
from botarmy.domain.notes import NOTES_BYTES, NOTES_OF_A_RUN, notes_for, notes_since
from scripts.wire.teller import Teller, chain


def at_work() -> Teller:
    told = Teller(chain("writer", "reader"))
    told.begin("writer")
    return told


def note(told: Teller, content: str, step: str | None = None) -> str:
    """The id of a new note."""
    told.person(c.AddNote(content=content, step=step), "maria")
    return told.run.view.notes[-1].note_id


def taken(told: Teller, note_id: str) -> list[str]:
    (view,) = [view for view in told.run.view.notes if view.note_id == note_id]
    return [one.step for one in view.taken_up]


def test_a_note_is_taken_up_once_by_each_step_however_often_it_is_told() -> None:
    told = at_work()
    note_id = note(told, "In euros.")
    assert taken(told, note_id) == []
    told.report("writer", c.NotesTaken(note_ids=(note_id,)))
    before = len(told.bodies)
    told.report("writer", c.NotesTaken(note_ids=(note_id,)))
    assert len(told.bodies) == before
    told.finishes("writer")
    told.begin("reader")
    told.report("reader", c.NotesTaken(note_ids=(note_id,)))
    assert taken(told, note_id) == ["writer", "reader"]
    said = [event for event in told.told() if isinstance(event.metadata, Note) and event.metadata.taken_up_by]
    assert [(event.content, event.agent_name) for event in said] == [
        ("Writer has taken up a note of maria", "Writer"),
        ("Reader has taken up a note of maria", "Reader"),
    ]


def test_a_note_for_another_agent_cannot_be_taken_up() -> None:
    told = at_work()
    note_id = note(told, "Read it aloud.", "reader")
    told.report("writer", c.NotesTaken(note_ids=(note_id, "nobody's")))
    assert taken(told, note_id) == []


def test_what_came_since_a_note_is_told_by_the_note_s_id() -> None:
    told = at_work()
    first, _, third = note(told, "One"), note(told, "Two", "reader"), note(told, "Three")
    assert [one.content for one in notes_for(told.run, "writer")] == ["One", "Three"]
    assert [one.content for one in notes_since(told.run, "writer", first)] == ["Three"]
    assert notes_since(told.run, "writer", third) == ()
    assert len(notes_since(told.run, "writer", None)) == len(notes_since(told.run, "writer", "forgotten")) == 2


def test_a_note_to_an_agent_that_is_done_is_refused_with_its_name() -> None:
    told = at_work()
    told.finishes("writer")
    with pytest.raises(DomainError, match="Writer has already done its part") as refusal:
        note(told, "Too late", "writer")
    assert refusal.value.code == "step_is_done"
    note(told, "For all")


def test_notes_are_bounded_in_number_and_in_size() -> None:
    told = at_work()
    for number in range(NOTES_OF_A_RUN):
        note(told, f"Note {number}")
    with pytest.raises(DomainError) as refusal:
        note(told, "One more")
    assert refusal.value.code == "too_many_notes"
    assert len(notes_for(told.run, "writer")) == NOTES_OF_A_RUN

    told = at_work()
    for _ in range(NOTES_BYTES // c.NOTE_BYTES):
        note(told, "é" * (c.NOTE_BYTES // 2))
    with pytest.raises(DomainError) as refusal:
        note(told, "x")
    assert refusal.value.code == "too_many_notes"


def test_a_step_that_is_done_again_says_nothing_new_of_what_it_knew() -> None:
    told = at_work()
    note_id = note(told, "In euros.")
    told.report("writer", c.NotesTaken(note_ids=(note_id,)))
    told.lose("writer")
    told.begin("writer")
    told.report("writer", c.NotesTaken(note_ids=(note_id,)))
    assert taken(told, note_id) == ["writer"]
