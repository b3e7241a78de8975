"""What people write, checked."""

from __future__ import annotations

from botarmy.domain.codec import clean_text
from botarmy.domain.commands import TITLE_CHARACTERS
from botarmy.domain.errors import DomainError


def issue_notice(agent_name: str) -> str:
    """What stands in the conversation, and in what the next agents are told, where an agent could not finish."""
    return f"Agent {agent_name} encountered an issue. Continuing with workflow..."


def check_text(text: str, limit: int, empty: str, too_long: str) -> str:
    """The cleaned text, or DomainError with one of the two codes. `limit` is in bytes of UTF-8."""
    text = clean_text(text).strip()
    if not text:
        raise DomainError(empty)
    if len(text.encode()) > limit:
        raise DomainError(too_long, limit_kib=limit // 1024)
    return text


def check_title(text: str) -> str:
    """On one line, or DomainError `bad_title`."""
    title = " ".join(clean_text(text).split())
    if not title or len(title) > TITLE_CHARACTERS:
        raise DomainError("bad_title")
    return title


def title_of(brief: str) -> str:
    """A title for a run that was given none: the brief's first line, cut at a word."""
    first = brief.strip().splitlines()[0].strip()
    line = first.lstrip("# ").rstrip(". ") or first
    if len(line) <= 72:
        return line
    cut = line[:72].rsplit(" ", 1)[0]
    return f"{cut}…"
