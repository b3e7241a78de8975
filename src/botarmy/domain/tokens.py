"""Tokens: what proves who asks. A token is shown once, when it is made; from then on only its hash is known."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

from botarmy.domain.times import Timestamp
from botarmy.domain.users import Role, User

PREFIX: Final = "botarmy_"
"""By it people, logs and scanners recognize a token."""
SECRET_LETTERS: Final = 40
"""Of 62 letters and digits: 238 bits, which nobody guesses."""
TOKENS: Final = 1_000
"""So many are kept, those that have ended included; a new one takes the place of the one that ended first."""
SESSIONS: Final = 20
"""So many browsers are signed in with one token; one more signs out the one that signed in first."""
SESSION_SECONDS: Final = 30 * 24 * 3600
"""After that a browser asks for the token again."""
LONGEST_SECONDS: Final = 10 * 366 * 24 * 3600
_SHAPE: Final = re.compile(rf"{PREFIX}[A-Za-z0-9]{{{SECRET_LETTERS}}}")

NewSecret: TypeAlias = Callable[[], str]
"""Gives a new token at each call, from a generator that is fit for secrets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """All that is kept of a token, or of a browser's session, which is a token that stems from another."""

    token_id: str
    user: str
    role: Role
    created_at: Timestamp
    last_used_at: Timestamp | None = None
    """To the minute."""
    expires_at: Timestamp | None = None
    """None: never."""
    revoked_at: Timestamp | None = None
    of: str | None = None
    """The token that a browser signed in with; None for those that people were given."""

    def holds(self, now: Timestamp) -> bool:
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)

    def ended_at(self, now: Timestamp) -> Timestamp | None:
        """None while it holds."""
        if self.holds(now):
            return None
        return min(moment for moment in (self.revoked_at, self.expires_at) if moment is not None)

    def bearer(self) -> User:
        return User(self.user, self.role, self.token_id)


def fits(secret: str) -> bool:
    """Whether it has the form of a token at all."""
    return _SHAPE.fullmatch(secret) is not None


def digest(secret: str) -> str:
    """What is kept in a token's place.

    A plain SHA-256 is right here, and a slow or salted hash would add nothing: those protect secrets that people
    choose and others can guess. A token is 238 bits of chance; there is no list to try.
    """
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
