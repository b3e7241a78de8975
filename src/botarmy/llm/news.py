"""What people say while an agent is at work, as a part of its conversation. Loads the model library."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from pydantic_ai import ModelRequest
from pydantic_ai.messages import UserPromptPart

from botarmy.domain.codec import clean_text

LATE_TURNS: Final = 3
"""How often a conversation that had come to its end goes on because of a note: then the note is for the next agent."""
LATE: Final = (
    "This came while you were finishing. Do what it takes (change files if need be), then close with your spoken reply "
    "again, about all of your work."
)


def with_news(request: ModelRequest, notes: Sequence[str]) -> ModelRequest:
    """The request, and what a person has added to it."""
    return replace(request, parts=[*request.parts, *map(_part, notes)])


def late(notes: Sequence[str]) -> ModelRequest:
    """For a conversation that was at its end."""
    return ModelRequest(parts=[*map(_part, notes), UserPromptPart(LATE)])


def _part(note: str) -> UserPromptPart:
    inner = re.sub(r"<(?=\s*/\s*note\b)", "< ", clean_text(note).strip(), flags=re.IGNORECASE)
    return UserPromptPart(f"A person adds:\n<note>\n{inner}\n</note>")
