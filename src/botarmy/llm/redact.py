"""Technical text for the log without the secrets it may hold."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

MASK: Final = "[redacted]"
_SHAPES: Final = re.compile(
    r"""
    \b(?:sk|pk|rk|gsk|xai|hf|r8|key|tok)[-_][A-Za-z0-9_*.-]{6,}   # keys that begin with a provider's mark
    | \bbotarmy_[A-Za-z0-9]{20,}                                  # our own tokens
    | \bAIza[A-Za-z0-9_-]{20,} | \bA[KS]IA[A-Z0-9]{12,}           # Google, AWS
    | (?<=earer\ )\S+                                             # what stands behind Bearer
    | (?<=://)[^\s/@]+(?=@)                                       # user and password of an address
    | (?<=[?&])(?:[a-z_-]*key|[a-z_-]*token|secret)=[^\s&]+       # query parameters
    """,
    re.VERBOSE | re.IGNORECASE,
)


def redact(text: str, secrets: Iterable[str] = ()) -> str:
    """The text with each of `secrets`, and whatever has the shape of a key, replaced by a mask."""
    for secret in sorted((secret for secret in secrets if len(secret) >= 4), key=len, reverse=True):
        text = text.replace(secret, MASK)
    return _SHAPES.sub(MASK, text)
