"""`botarmy token`: who may come in. Beside a running server it goes through that, else to the data folder itself."""

from __future__ import annotations

import asyncio
import re
from typing import Final, Literal, TypeAlias

from botarmy import bootstrap
from botarmy.cli.shown import Token
from botarmy.cli.terminal import say
from botarmy.settings import Settings

Role: TypeAlias = Literal["admin", "member", "viewer"]
UNITS: Final = {"m": 60, "h": 3600, "d": 86_400, "w": 604_800, "y": 31_536_000}
_SPAN: Final = re.compile(r"([1-9]\d{0,3})([mhdwy])")


class BadSpan(Exception):
    def __init__(self, text: str) -> None:
        self.message: Final = f"“{text[:40]}” is no span of time."
        self.action: Final = "Write it as 30d: a number, and m, h, d, w or y."
        super().__init__(self.message)


def create(settings: Settings, user: str, role: Role, expires: str | None) -> None:
    """Print a new token. Raises BadSpan, and what people are told."""
    seconds = None if expires is None else span(expires)

    async def creating() -> tuple[str, Token]:
        async with bootstrap.token_book(settings) as book:
            return await book.create_token(user, role, seconds)

    secret, token = asyncio.run(creating())
    say(secret)
    until = f"until {_minute(token.expires_at)}" if token.expires_at else "until it is revoked"
    say("")
    say(f"This is the token of {token.user} ({token.role}), valid {until}. It is not shown again.")
    say(f"To revoke it: botarmy token revoke {token.token_id}")


def show(settings: Settings) -> None:
    async def listing() -> tuple[Token, ...]:
        async with bootstrap.token_book(settings) as book:
            return tuple(await book.tokens())

    tokens = asyncio.run(listing())
    if not tokens:
        say("There are no tokens. Make one: botarmy token create --user anna --role admin")
        return
    rows = [("id", "user", "role", "created", "last used", "valid"), *map(_row, tokens)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        say("  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip())


def revoke(settings: Settings, token_id: str) -> None:
    async def revoking() -> Token:
        async with bootstrap.token_book(settings) as book:
            return await book.revoke_token(token_id)

    token = asyncio.run(revoking())
    say(f"The token {token.token_id} of {token.user} is valid no more.")


def span(text: str) -> int:
    """Seconds. Raises BadSpan."""
    found = _SPAN.fullmatch(text.strip().lower())
    if found is None or (seconds := int(found[1]) * UNITS[found[2]]) > 10 * UNITS["y"]:
        raise BadSpan(text)
    return seconds


def _row(token: Token) -> tuple[str, ...]:
    valid = f"until {_minute(token.expires_at, 'revoked')}"
    if token.revoked_at:
        valid = f"revoked {_minute(token.revoked_at)}"
    used = _minute(token.last_used_at, "never")
    return (token.token_id, token.user, token.role, _minute(token.created_at), used, valid)


def _minute(moment: str | None, none: str = "") -> str:
    return none if moment is None else f"{moment[:16].replace('T', ' ')} UTC"
