"""A file that a person gave to a project beside its brief, as the log tells of it."""

from __future__ import annotations

from dataclasses import dataclass
from operator import not_
from typing import Annotated, Literal, TypeAlias

from pydantic import Field

Kind: TypeAlias = Literal["text/plain", "text/markdown", "application/pdf"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """Its text is a content of the run; the file itself is not kept."""

    name: str
    media_type: Kind
    size: int
    """Of the file as it was, in bytes."""
    characters: int
    """Of the text."""
    sha256: str
    """Of the text, in UTF-8."""
    cut: Annotated[bool, Field(exclude_if=not_)] = False
    """True, and in the JSON, only where the text is the beginning of what the file holds."""
