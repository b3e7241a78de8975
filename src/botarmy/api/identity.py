"""Who asks. Every route wants somebody who is known, but for those that are named here."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import Depends
from starlette.requests import HTTPConnection

from botarmy.api.parts import CurrentUser, parts_of
from botarmy.domain.errors import DomainError
from botarmy.domain.users import User
from botarmy.service import Shown

OPEN: Final = frozenset({"/healthz", "/readyz", "/api/session"})
"""For what watches the server, and for who wants to sign in."""
COOKIE: Final = "botarmy_session"


def shown_by(connection: HTTPConnection) -> Shown:
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    return Shown(
        address=address_of(connection),
        token=token.strip() if scheme.lower() == "bearer" else None,
        session=connection.cookies.get(COOKIE),
    )


def address_of(connection: HTTPConnection) -> str:
    return connection.client.host if connection.client else ""


async def whoever(connection: HTTPConnection) -> User | None:
    """Raises DomainError `bad_token` or `too_many_attempts`."""
    return await parts_of(connection).door.user(shown_by(connection))


async def known(connection: HTTPConnection) -> None:
    """What the application asks before every route; a WebSocket says in its hello who it is."""
    if connection.scope["type"] == "http" and connection.scope["route"].path not in OPEN:
        connection.state.user = await somebody(connection)


async def somebody(connection: HTTPConnection) -> User:
    """Raises DomainError, also `not_signed_in`."""
    user = await whoever(connection)
    if user is None:
        raise DomainError("not_signed_in")
    return user


def _admin(user: CurrentUser) -> User:
    if not user.is_admin:
        raise DomainError("admins_only")
    return user


Admin = Annotated[User, Depends(_admin)]
admins_only: Final = Depends(_admin)
