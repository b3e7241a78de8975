"""The machine's own clock and chance."""

from __future__ import annotations

import secrets
import string
import time
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from botarmy.domain.times import Timestamp, timestamp
from botarmy.domain.tokens import PREFIX, SECRET_LETTERS

_VERSION: Final = 7 << 76
_VARIANT: Final = 2 << 62
_RANDOM: Final = ((1 << 76) - 1) & ~(0xF << 76) & ~(0x3 << 62)


class SystemClock:
    def now(self) -> Timestamp:
        return timestamp(datetime.now(UTC))


def new_id() -> str:
    """A UUIDv7 (RFC 9562): ids made later sort later, to the millisecond."""
    milliseconds = time.time_ns() // 1_000_000
    return str(UUID(int=(milliseconds << 80) | _VERSION | _VARIANT | (secrets.randbits(76) & _RANDOM)))


def new_secret() -> str:
    """A token that nobody guesses."""
    letters = string.ascii_letters + string.digits
    return PREFIX + "".join(secrets.choice(letters) for _ in range(SECRET_LETTERS))
