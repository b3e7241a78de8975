"""Words of team files, checked: each gives the reason why one will not do, None where it will."""

from __future__ import annotations

import re
from typing import Final

from botarmy.teams.document import quoted

SLUG_CHARACTERS: Final = 64
_SLUG: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?")
_MODEL: Final = re.compile(r"[\x21-\x7e]+")


def is_slug(word: str) -> bool:
    return len(word) <= SLUG_CHARACTERS and _SLUG.fullmatch(word) is not None


def slug(word: str) -> str | None:
    return None if is_slug(word) else f"“{quoted(word)}” may hold only small letters, digits and hyphens between"


def model(name: str) -> str | None:
    known = _MODEL.fullmatch(name)
    return None if known else "a model is written without spaces, such as openai-chat:gpt-5-mini"
