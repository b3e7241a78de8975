"""How many tokens a request may use, guessed from its bytes: tables of tokens are large, and each model's own. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from math import ceil
from typing import TYPE_CHECKING, Final

from botarmy.domain.errors import DomainError

if TYPE_CHECKING:
    from pydantic_ai import ModelMessage

BYTES_PER_TOKEN: Final = 4
"""By bytes, not characters: a token is about four letters of English, but hardly more than one character of Chinese."""
TOKENS_PER_TEXT: Final = 4
"""What a provider adds around each message."""
LEAST_ANSWER: Final = 1_024
"""Tokens. A model that may say less can hardly write a file."""


def estimate_tokens(*texts: str) -> int:
    """About as many tokens as a prompt of these texts has, tending to too many."""
    return sum(ceil(_bytes(text) / BYTES_PER_TOKEN) + TOKENS_PER_TEXT for text in texts)


def prompt_tokens(history: Sequence[ModelMessage], *further: str) -> int:
    """Of a request: what was said so far, and what goes with it, such as instructions and the tools' descriptions."""
    parts = (part for message in history for part in message.parts)
    return estimate_tokens(*further, *(text for part in parts for text in _texts(part)))


def longest_answer(prompt: int, wanted: int, most: int | None) -> int:
    """Tokens that an answer may have, up to `wanted`, so that it fits into a minute together with its prompt.

    Args:
        most: tokens that a minute may have; None where there is no bound.

    Raises DomainError `model_over_minute` where less than `LEAST_ANSWER` is left.
    """
    left = wanted if most is None else min(wanted, most - prompt)
    if left < min(wanted, LEAST_ANSWER):
        raise DomainError("model_over_minute", detail=f"a prompt of {prompt} tokens, where a minute may have {most}")
    return left


def _texts(part: object) -> Iterator[str]:
    """Whatever of a message's part a provider is sent as text."""
    for name in ("tool_name", "content", "args"):
        value = getattr(part, name, None)
        if isinstance(value, str):
            yield value
        elif value is not None:
            yield json.dumps(value, default=str)


def _bytes(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode(errors="surrogatepass"))
