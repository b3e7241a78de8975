"""Stories of what is not usual for a client: odd texts, names and offsets, newer servers, much of everything."""

from __future__ import annotations

from typing import Final

from botarmy.domain import commands as c
from botarmy.domain.attachments import Given
from scripts.wire.story import Story, kept_in
from scripts.wire.teller import Teller, chain

ODDITIES: Final[list[Story]] = []
story: Final = kept_in(ODDITIES)


@story
def astral_characters() -> Teller:
    """Offsets count code points: emoji, flags, joined families, combining marks and letters outside the BMP."""
    told = Teller(brief="Ein Timer für 👩‍👩‍👧‍👦 und 𝒜lle", title="⏱️ 𝒯imer")
    told.begin("analyst")
    message = told.message("analyst")
    for piece in ("👩‍👩‍", "👧‍👦 ", "🇩🇪", "🇫🇷 e", "\u0301 ", "𝒜", "\u200f שלום ", "𠮷野家", "\u2028🏳️‍🌈"):
        told.says(message, piece)
    told.says(message, "🤔", "thinking")
    told.says(message, "🤔💡", "thinking")
    told.says(message, "!", offset=21)
    return told


@story
def misplaced_deltas() -> Teller:
    """A smaller offset cuts what is held; a larger one is left out; a finished message takes no more."""
    told = Teller()
    told.begin("analyst")
    message = told.message("analyst")
    told.says(message, "The brief asks for a clock")
    told.says(message, "timer", offset=21)
    told.says(message, " for teams")
    told.says(message, "out of reach", offset=100)
    late = told.message("analyst")
    told.says(late, "begins with a gap", offset=7)
    told.says(late, "", offset=0)
    done = told.message("analyst")
    told.says(done, "Done.")
    told.ends(done)
    told.says(done, " Too late.")
    told.says(message, "The brief", offset=0)
    return told


@story
def newer_version() -> Teller:
    """Events of a newer version: unknown types, fields and values leave the view as it is, but for its place."""
    told = Teller()
    told.newer("mood", "Analyst is in a good mood", {"step": "analyst", "mood": "good"}, "Analyst")
    told.newer("agent_status", "Analyst dreams", {"step": "analyst", "status": "dreaming", "attempt": 1}, "Analyst")
    told.newer("run_status", "The project sleeps", {"status": "sleeping", "until": "tomorrow"})
    told.newer(
        "agent_status",
        "Analyst has started",
        {"step": "analyst", "status": "started", "attempt": 1, "colour": {"deep": ["blue"]}},
        "Analyst",
    )
    told.newer(
        "agent_response",
        "Hello",
        {
            "step": "analyst",
            "phase": "work",
            "attempt": 1,
            "message_id": "m-1",
            "started_at": told.at,
            "thinking": "",
            "finish": "complete",
            "sources": [],
        },
        "Analyst",
    )
    told.newer(
        "agent_status",
        "Somebody has started",
        {"step": "no-such-step", "status": "started", "attempt": 1},
        "Somebody",
    )
    return told


@story
def many_messages() -> Teller:
    """More than 200 messages: the view holds the newest."""
    told = Teller(chain("writer", "reader"))
    for step, messages in (("writer", 120), ("reader", 95)):
        told.begin(step)
        for number in range(messages):
            told.speaks(step, f"Message {number}.")
        told.finishes(step)
    return told


@story
def files() -> Teller:
    """Several versions, odd names in the order of their code points, a name refused, the same content again."""
    told = Teller()
    told.begin("analyst")
    for path in ("b.md", "a.md", "Z.md", "ä.md", "a b/c d.md", "日本/メモ.md", "🍅/timer.md", "\ufb01.md", "q'uote.md"):
        told.writes("analyst", path, f"# {path}\n")
    told.writes("analyst", "a.md", "# better\n")
    told.writes("analyst", "a.md", "# better\n")
    told.writes("analyst", "a.md", "# best\n")
    told.report(
        "analyst",
        c.FileRefused(
            code="bad_path",
            message="“../x” is not a usable file name: it must stay inside the project.",
            action="Use a relative path such as docs/notes.md.",
        ),
    )
    return told


@story
def finished_messages() -> Teller:
    """Two finished messages and an open one, every delta still there."""
    told = Teller()
    told.works("analyst")
    told.begin("architect")
    told.speaks("architect", "Three ", "parts.")
    told.says(told.message("architect"), "The first of")
    return told


@story
def finished_messages_compacted() -> Teller:
    """The same story after the deltas of its finished messages were deleted: the same view."""
    told = finished_messages()
    told.without_deltas()
    return told


@story
def with_attachments() -> Teller:
    """Files that came with the brief, under names that are odd; of one only the beginning is there."""
    return Teller(
        attachments=(
            Given(
                name='../notes "of\n May\u202e.md', text="# Notes\r\n\r\nKeep it calm.\r\n", media_type="text/markdown"
            ),
            Given(name="études 👩‍👩‍👧‍👦.pdf", text="Le début", media_type="application/pdf", size=80_123, cut=True),
        )
    )
