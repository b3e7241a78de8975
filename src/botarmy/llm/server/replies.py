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
    headers: Mapping[str, str] = field(default_factory=dict)
    cut_after: int | None = None
    """The connection is closed after so many chunks."""
    endless: bool = False
    """The stream stays open after its text, without a finish, until the client closes it."""
    unfinished: bool = False
    """The stream ends cleanly, but without a finish reason."""
    malformed: bool = False
    """After its text the stream says what is no JSON."""


def pieces_of(text: str) -> Iterable[str]:
    size = max(CHUNK_CHARACTERS, len(text) // CHUNKS)
    return (text[start : start + size] for start in range(0, len(text), size))
