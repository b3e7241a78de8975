"""Notes: what people tell a team while it works, and which agents have been told."""

from __future__ import annotations

from typing import Final

from botarmy.domain import commands as c
from botarmy.domain.draft import Draft
from botarmy.domain.errors import DomainError
from botarmy.domain.events import Note
from botarmy.domain.fold import ENTRIES_KEPT
from botarmy.domain.run import STEP_ENDED, Job, Run
from botarmy.domain.texts import check_text
from botarmy.domain.views import NoteView

NOTES_OF_A_RUN: Final = ENTRIES_KEPT
"""The view holds as many: none is forgotten before it is heard."""
NOTES_BYTES: Final = 256 * 1024
"""Of all notes of a run in UTF-8: each agent is told them all."""


def add_note(draft: Draft, command: c.AddNote) -> None:
    if draft.run.ended:
        raise DomainError("run_ended")
    if command.step is not None:
        step = draft.run.step(command.step)
        if step.status in STEP_ENDED:
            raise DomainError("step_is_done", agent=step.agent_name)
    content = check_text(command.content, c.NOTE_BYTES, "empty_note", "note_too_long")
    held = sum(len(note.content.encode()) for note in draft.run.view.notes)
    if len(draft.run.view.notes) >= NOTES_OF_A_RUN or held + len(content.encode()) > NOTES_BYTES:
        raise DomainError("too_many_notes")
    draft.emit(Note(by=draft.envelope.by, step=command.step, shown=draft.shown), content)


def take_up(draft: Draft, job: Job, report: c.NotesTaken) -> None:
    """Said once for each note and step, however often the agent is told."""
    name = draft.run.step(job.step).agent_name
    for note in notes_for(draft.run, job.step):
        if note.note_id in report.note_ids and all(taken.step != job.step for taken in note.taken_up):
            metadata = Note(by=note.by, step=note.step, note_id=note.note_id, taken_up_by=job.step)
            draft.emit(metadata, f"{name} has taken up a note of {note.by}", name)


def notes_for(run: Run, step: str) -> tuple[NoteView, ...]:
    """What its agent is to be told, oldest first."""
    return tuple(note for note in run.view.notes if note.step in (None, step))


def notes_since(run: Run, step: str, newest: str | None) -> tuple[NoteView, ...]:
    """Of them, those that came after the note with the id `newest`; all where there is no such note."""
    notes = notes_for(run, step)
    known = next((at for at, note in enumerate(notes, 1) if note.note_id == newest), 0)
    return notes[known:]
