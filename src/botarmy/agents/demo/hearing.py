"""What the demo says when people have told it something."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from botarmy.agents.demo.fill import as_markdown

MOST_NOTES: Final = 3
NOTE_LENGTH: Final = 160
LATER: Final = "reached me while I was at work"
BEFORE: Final = "reached me"


def heard(notes: Sequence[str], how: str) -> str:
    """A sentence about notes with the newest of them, in Markdown; empty where there are none."""
    if not notes:
        return ""
    count = "Your note" if len(notes) == 1 else f"Your {len(notes)} notes"
    return f"{count} {how}, and I keep to what the templates allow; a real model would work it in:\n\n{quoted(notes)}"


def quoted(texts: Sequence[str]) -> str:
    """The newest of them, as Markdown quotes."""
    shown = [as_markdown(_cut(text)) for text in texts[-MOST_NOTES:]]
    return "\n".join(f"> {text}\n>" for text in shown).removesuffix("\n>")


def _cut(text: str) -> str:
    return text if len(text) <= NOTE_LENGTH else f"{text[:NOTE_LENGTH]} …"
