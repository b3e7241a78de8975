"""The door: who is it that asks, by what they show."""

from __future__ import annotations

import hmac
import math
from dataclasses import dataclass, field
from typing import Final

from botarmy import telemetry
from botarmy.domain.errors import DomainError
from botarmy.domain.tokens import Token
from botarmy.domain.users import LOCAL, User
from botarmy.service.attempts import Attempts
from botarmy.service.keyring import Issued, Keyring

log = telemetry.logger("door")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What comes with a request or a connection."""

    address: str
    token: str | None = field(default=None, repr=False)
    """From a header or a hello."""
    session: str | None = field(default=None, repr=False)
    """From a browser's cookie."""


class Door:
    """Args:
    required: False lets everybody in as the local admin.
    own: the secret by which other programs of this machine's user prove themselves, each as the local admin.
    """

    def __init__(self, keyring: Keyring, attempts: Attempts, *, required: bool, own: str) -> None:
        self.keyring: Final = keyring
        self.required: Final = required
        self._attempts: Final = attempts
        self.own: Final = own

    async def user(self, shown: Shown) -> User | None:
        """Who it is; None for nobody that is known. What is over, for a browser, is as if it had not signed in.

        Raises:
            DomainError: `bad_token`, or `too_many_attempts`, which says nothing about the token that was sent.
        """
        if not self.required:
            return LOCAL
        if shown.token is not None:
            if hmac.compare_digest(shown.token.encode("utf-8", "surrogatepass"), self.own.encode()):
                return LOCAL
            token = self._checked(shown.token, shown.address)
        elif shown.session is not None and (found := self.keyring.find(shown.session)) and found.of is not None:
            token = found
        else:
            return None
        await self.keyring.used(token)
        return token.bearer()

    async def sign_in(self, secret: str, address: str) -> Issued:
        """A new session for a browser that brings a token. Raises as `user`."""
        token = self._checked(secret, address)
        session = await self.keyring.sign_in(token)
        log.info("signed_in", user=token.user, token_id=token.token_id, address=address)
        await self.keyring.used(token)
        return session

    async def sign_out(self, session: str) -> None:
        token = self.keyring.find(session)
        if token is not None:
            await self.keyring.sign_out(token.token_id)
            log.info("signed_out", user=token.user, token_id=token.of)

    def has_closed_on(self, user: User) -> bool:
        """Whether somebody who was let in may not be here any more."""
        return self.required and user.token_id is not None and not self.keyring.holds(user.token_id)

    def _checked(self, secret: str, address: str) -> Token:
        wait = self._attempts.wait(address)
        if wait > 0:
            raise DomainError("too_many_attempts", seconds=math.ceil(wait))
        token = self.keyring.find(secret)
        if token is None or token.of is not None:
            log.warning("token_refused", address=address, times=self._attempts.failed(address))
            raise DomainError("bad_token")
        return token
