"""How many tokens a request may use, guessed from its characters: tables of tokens are large, and each model's own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from pydantic_ai import ModelMessage

from botarmy.llm.allowance import UNKNOWN_TOKENS

CHARACTERS: Final = 4
"""Of a token, about, in English."""


def tokens_of(history: Sequence[ModelMessage]) -> int:
    """Of the history, and of an answer of which nothing is known."""
    parts = (part for message in history for part in message.parts)
    texts = (getattr(part, name, None) for part in parts for name in ("content", "args"))
    characters = sum(len(text) for text in texts if isinstance(text, str))
    return characters // CHARACTERS + UNKNOWN_TOKENS
