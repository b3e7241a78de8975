"""What the local model server answers with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

CHUNK_CHARACTERS: Final = 12
CHUNKS: Final = 5_000
"""Of one text, at most: a very long one comes in larger pieces."""
Json: TypeAlias = Mapping[str, Any]  # JSON has no narrower type


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A tool call. `arguments` may be any text, broken JSON included."""

    name: str
    arguments: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What one request is answered with."""

    text: str = ""
    thinking: str = ""
    calls: tuple[Call, ...] = ()
    finish: str | None = None
    """None: `tool_calls` where there are calls, else `stop`."""
    status: int = 200
    error: str | None = None
    """The error's `code` of a status above 200."""
    error_type: str | None = None
    """The error's `type`; None: the same as its code."""
    message: str | None = None
    """The error's text; None: one that names the status."""
    page: str | None = None
    """HTML that comes instead of an answer, as a proxy sends it."""
    headers: Mapping[str, str] = field(default_factory=dict)
    reset: bool = False
    """The connection is reset before anything was answered."""
    delay: float = 0.0
    """Seconds between the head of the answer and its first chunk."""
    pace: float = 0.0
    """Seconds before each further chunk."""
    cut_after: int | None = None
    """The connection is closed after so many chunks, or after the last where there are fewer."""
    stall_after: int | None = None
    """After so many chunks, or the last where there are fewer, nothing more comes until the client hangs up."""
    endless: bool = False
    """The stream stays open after its text, without a finish, until the client closes it."""
    unfinished: bool = False
    """The stream ends cleanly, but without a finish reason."""
    malformed: bool = False
    """After its text the stream says what is no JSON."""


def pieces_of(text: str) -> Iterable[str]:
    size = max(CHUNK_CHARACTERS, len(text) // CHUNKS)
    return (text[start : start + size] for start in range(0, len(text), size))
