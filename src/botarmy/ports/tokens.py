"""Where tokens are kept: few rows, all of them read at the start."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from botarmy.domain.tokens import Token


@dataclass(frozen=True, slots=True)
class StoredToken:
    token: Token
    digest: str
    """`domain.tokens.digest` of the secret, which itself is kept nowhere."""


class TokenStore(Protocol):
    """Every method may raise StoreUnavailable. What a method has returned from is durable."""

    async def tokens(self) -> list[StoredToken]:
        """All that are kept, those that have ended too, oldest first."""
        ...

    async def keep_tokens(self, *, new: Sequence[StoredToken] = (), gone: Sequence[str] = ()) -> None:
        """In one transaction: forget the ids in `gone`, and write `new` in place of what is there under their ids."""
        ...
