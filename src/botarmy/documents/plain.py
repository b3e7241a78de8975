"""Bytes as text: UTF-8, or UTF-16 that says so. What else a file may be is told from its bytes, never from its name."""

from __future__ import annotations

import codecs
from typing import Final

from botarmy.domain.errors import DomainError

_MARKS: Final = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_LOOKED_AT: Final = 64 * 1024
_CONTROLS: Final = bytes(one for one in range(32) if chr(one) not in "\t\n\r\f\b\x1b")
_CONTROLS_OF_TEXT: Final = 0.002
"""The share of control characters that a text may have by mistake."""


def decoded(name: str, content: bytes) -> str:
    """Raises DomainError `attachment_not_text` or `attachment_encoding`; `name` is for their words."""
    encoding = next((encoding for mark, encoding in _MARKS if content.startswith(mark)), "utf-8")
    if encoding != "utf-16" and _is_binary(content):
        raise DomainError("attachment_not_text", name=name)
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        raise DomainError("attachment_encoding", name=name) from None
    if _is_binary(text[:_LOOKED_AT].encode("utf-8", "replace")):
        raise DomainError("attachment_not_text", name=name)
    return text


def _is_binary(content: bytes) -> bool:
    head = content[:_LOOKED_AT]
    controls = len(head) - len(head.translate(None, _CONTROLS))
    return b"\0" in head or controls > len(head) * _CONTROLS_OF_TEXT
