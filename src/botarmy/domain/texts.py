"""What people write, checked."""

from __future__ import annotations

from botarmy.domain.codec import clean_text
from botarmy.domain.errors import DomainError


def check_text(text: str, limit: int, empty: str, too_long: str) -> str:
    """The cleaned text, or DomainError with one of the two codes. `limit` is in bytes of UTF-8."""
    text = clean_text(text).strip()
    if not text:
        raise DomainError(empty)
    if len(text.encode()) > limit:
        raise DomainError(too_long, limit_kib=limit // 1024)
    return text
