"""Stories about what people tell a team at work, and who takes it up."""

from __future__ import annotations

from typing import Final

from botarmy.domain import commands as c
from scripts.wire.story import Story, kept_in
from scripts.wire.teller import Teller, chain

STEERING: Final[list[Story]] = []
story: Final = kept_in(STEERING)


@story
def notes_taken_up() -> Teller:
    """A note to all is taken up by an agent at its next call and by the next agent at its start; another one waits."""
    told = Teller(chain("writer", "reader"))
    told.begin("writer")
    told.speaks("writer", "I begin.")
    told.person(c.AddNote(content="Amounts are in euros."), "maria")
    told.person(c.AddNote(content="Read it aloud.", step="reader"))
    to_all, to_reader = (note.note_id for note in told.run.view.notes)
    told.report("writer", c.NotesTaken(note_ids=(to_all, to_reader, "unknown")))
    told.report("writer", c.NotesTaken(note_ids=(to_all,)))
    told.speaks("writer", "In euros, then.")
    told.finishes("writer")
    told.begin("reader")
    told.report("reader", c.NotesTaken(note_ids=(to_all,)))
    return told
