"""The tokens in force, in memory: asked at every request, written when one is made, revoked or used."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from botarmy import telemetry
from botarmy.domain.errors import DomainError
from botarmy.domain.times import elapsed_ms, later
from botarmy.domain.tokens import SESSION_SECONDS, SESSIONS, TOKENS, NewSecret, Token, digest, fits
from botarmy.domain.users import Role, check_name
from botarmy.ports import Clock, StoredToken, StoreUnavailable, TokenStore

USED_MS: Final = 60_000
"""A token's last use is written down again after so long."""

log = telemetry.logger("service")


@dataclass(frozen=True, slots=True)
class Issued:
    """A new token. Nobody gets to see `secret` again."""

    token: Token
    secret: str


class Keyring:
    """Opened by `open`. Every change is durable once its method returns; StoreUnavailable leaves all as it was.

    A token is found by its hash. How long that takes says nothing about any token: whoever tries one cannot steer
    its hash towards another's.
    """

    def __init__(
        self, store: TokenStore, clock: Clock, new_id: Callable[[], str], new_secret: NewSecret, *, most: int = TOKENS
    ) -> None:
        self._store: Final = store
        self._clock: Final = clock
        self._new_id: Final = new_id
        self._new_secret: Final = new_secret
        self._most: Final = most
        self._by_digest: dict[str, StoredToken] = {}
        self._by_id: dict[str, StoredToken] = {}
        self._changing: Final = asyncio.Lock()

    async def open(self) -> None:
        """Read what is kept. Raises StoreUnavailable."""
        self._put(await self._store.tokens())

    # --- Asking ----------------------------------------------------------------------------------------------

    def find(self, secret: str) -> Token | None:
        """The token or session in force of this secret; None where there is none, whatever the reason."""
        stored = self._by_digest.get(digest(secret)) if fits(secret) else None
        return stored.token if stored is not None and stored.token.holds(self._clock.now()) else None

    def holds(self, token_id: str) -> bool:
        stored = self._by_id.get(token_id)
        return stored is not None and stored.token.holds(self._clock.now())

    def listed(self) -> tuple[Token, ...]:
        """Those that people were given, oldest first, with those that have ended."""
        return tuple(stored.token for stored in self._by_id.values() if stored.token.of is None)

    @property
    def lets_anybody_in(self) -> bool:
        return any(self.holds(token.token_id) for token in self.listed())

    def given(self, token_id: str | None) -> str | None:
        """The id of the token that somebody was given, by that or by one of its sessions; None where there is none."""
        stored = self._by_id.get(token_id) if token_id is not None else None
        return None if stored is None else stored.token.of or stored.token.token_id

    # --- Changing --------------------------------------------------------------------------------------------

    async def create(self, user: str, role: Role, expires_in: int | None = None) -> Issued:
        """Make a token, valid for `expires_in` seconds; None: until it is revoked.

        Raises:
            DomainError: `bad_user`, `too_many_tokens`.
        """
        check_name(user)
        async with self._changing:
            now = self._clock.now()
            gone = _making_room(self.listed(), self._most, now)
            token = Token(
                token_id=self._free_id(),
                user=user,
                role=role,
                created_at=now,
                expires_at=None if expires_in is None else later(now, expires_in),
            )
            return await self._issue(token, gone)

    async def sign_in(self, token: Token) -> Issued:
        """A session of a browser under this token. It ends with the token, at the latest."""
        async with self._changing:
            now = self._clock.now()
            session = replace(
                token,
                token_id=self._free_id(),
                created_at=now,
                last_used_at=None,
                expires_at=min(filter(None, (token.expires_at, later(now, SESSION_SECONDS)))),
                of=token.token_id,
            )
            held = [other for other in self._sessions_of(token.token_id) if self.holds(other)]
            ended = {id_ for id_, stored in self._by_id.items() if stored.token.of and not self.holds(id_)}
            return await self._issue(session, [*ended, *held[: max(0, len(held) - SESSIONS + 1)]])

    async def revoke(self, token_id: str, *, spare_last_admin: bool = False) -> Token:
        """From now on the token and its sessions are valid no more. One that has ended stays as it is.

        Args:
            spare_last_admin: refuse the last valid token of an admin, because whoever asks could not make another.

        Raises:
            DomainError: `unknown_token`, `last_admin`.
        """
        async with self._changing:
            stored = self._by_id.get(token_id)
            if stored is None or stored.token.of is not None:
                raise DomainError("unknown_token")
            if not stored.token.holds(self._clock.now()):
                return stored.token
            if spare_last_admin and self._is_last_admin(token_id):
                raise DomainError("last_admin")
            ended = replace(stored, token=replace(stored.token, revoked_at=self._clock.now()))
            await self._keep([ended], self._sessions_of(token_id))
            return ended.token

    async def sign_out(self, session_id: str) -> None:
        async with self._changing:
            stored = self._by_id.get(session_id)
            if stored is not None and stored.token.of is not None:
                await self._keep([], [session_id])

    async def used(self, token: Token) -> None:
        """Write down that a token, or one of its sessions, was used just now. Never raises for the store."""
        now = self._clock.now()
        stored = self._by_id.get(token.of or token.token_id)
        if stored is None or ((last := stored.token.last_used_at) and elapsed_ms(last, now) < USED_MS):
            return
        fresh = replace(stored, token=replace(stored.token, last_used_at=now))
        self._put([fresh])
        async with self._changing:
            if self._by_id.get(fresh.token.token_id) is not fresh:
                return
            try:
                await self._store.keep_tokens(new=[fresh])
            except StoreUnavailable:
                log.warning("token_use_not_written", token_id=fresh.token.token_id)

    def _is_last_admin(self, token_id: str) -> bool:
        admins = [token.token_id for token in self.listed() if token.role == "admin" and self.holds(token.token_id)]
        return admins == [token_id]

    # --- What is kept ----------------------------------------------------------------------------------------

    def _sessions_of(self, token_id: str) -> list[str]:
        """Oldest first."""
        return [id_ for id_, stored in self._by_id.items() if stored.token.of == token_id]

    def _free_id(self) -> str:
        """Ids are short, for people to type."""
        while (token_id := self._new_id()) in self._by_id:
            pass
        return token_id

    async def _issue(self, token: Token, gone: Iterable[str]) -> Issued:
        secret = self._new_secret()
        await self._keep([StoredToken(token, digest(secret))], list(gone))
        return Issued(token, secret)

    async def _keep(self, new: Sequence[StoredToken], gone: Sequence[str]) -> None:
        await self._store.keep_tokens(new=new, gone=gone)
        for token_id in gone:
            stored = self._by_id.pop(token_id)
            del self._by_digest[stored.digest]
        self._put(new)

    def _put(self, some: Iterable[StoredToken]) -> None:
        for stored in some:
            self._by_digest[stored.digest] = stored
            self._by_id[stored.token.token_id] = stored


def _making_room(tokens: Sequence[Token], most: int, now: str) -> list[str]:
    """The one to forget for a new one, if any. Raises DomainError `too_many_tokens`."""
    if len(tokens) < most:
        return []
    ended = [(moment, token.token_id) for token in tokens if (moment := token.ended_at(now)) is not None]
    if not ended:
        raise DomainError("too_many_tokens", limit=most)
    return [min(ended)[1]]
