"""What every request has to pass (its host, its origin, its size), and the headers that every answer carries."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from botarmy.api.problems import problem
from botarmy.domain.errors import DomainError
from botarmy.domain.portable import PACKED_BYTES
from botarmy.domain.teamfiles import PACKED_BYTES as TEAM_BYTES

BODY_BYTES: Final = 256 * 1024
AGUI_BYTES: Final = 4 * 1024 * 1024
"""An AG-UI client sends the whole conversation with each request."""
EDIT_BYTES: Final = 16 * 1024 * 1024
"""A file of 10 MiB, written as JSON."""
START_BYTES: Final = 2 * 1024 * 1024
"""A brief with the texts of what is attached to it, written as JSON."""
ATTACHED_BYTES: Final = 16 * 1024 * 1024
"""More than a file may have, so that one that is too large is refused by its name."""
_TEAMS: Final = "/api/teams/"
_BOUNDS: Final = {
    "/agui": AGUI_BYTES,
    "/api/runs": START_BYTES,
    "/api/runs/import": PACKED_BYTES,
    "/api/attachments": ATTACHED_BYTES,
}
_EDITS: Final = re.compile(r"/api/runs/[^/]+/(artifacts|requests)/.+")
SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
CONTENT_SECURITY_POLICY: Final = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self'",
        "connect-src 'self'",
        "worker-src 'self'",
        "frame-src 'self' blob: data:",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "object-src 'none'",
    )
)
_HEADERS: Final = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}


class Guard:
    """ASGI middleware: a foreign page that was made to point here gets nothing (Host), and may do nothing (Origin)."""

    def __init__(self, app: ASGIApp, hosts: frozenset[str], origins: frozenset[str]) -> None:
        self._app: Final = app
        self._hosts: Final = hosts
        self._origins: Final = origins

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        limit = body_limit(scope["path"])
        refusal = self._refusal(scope["method"], headers, limit)
        if refusal is not None:
            await problem(refusal)(scope, receive, _with_headers(send))
            return
        await self._app(scope, _bounded(receive, limit), _with_headers(send, private=scope["path"].startswith("/api/")))

    def _refusal(self, method: str, headers: Headers, limit: int) -> DomainError | None:
        if not host_allowed(headers, self._hosts):
            return DomainError("bad_host")
        if method not in SAFE_METHODS and not origin_allowed(headers, self._origins):
            return DomainError("bad_origin")
        length = headers.get("content-length", "0")
        if not length.isdigit() or int(length) > limit:
            return DomainError("too_large", limit_kib=limit // 1024)
        return None


def body_limit(path: str) -> int:
    """In bytes."""
    if path in _BOUNDS:
        return _BOUNDS[path]
    if path.startswith(_TEAMS):
        return TEAM_BYTES
    return EDIT_BYTES if _EDITS.fullmatch(path) else BODY_BYTES


def host_allowed(headers: Headers, hosts: frozenset[str]) -> bool:
    return host_name(headers.get("host", "")) in hosts


def origin_allowed(headers: Headers, origins: frozenset[str]) -> bool:
    """True without an Origin: then it is no browser's page that asks."""
    origin = headers.get("origin")
    if origin is None or origin in origins:
        return True
    return urlsplit(origin).scheme in ("http", "https") and urlsplit(origin).netloc == headers.get("host")


def host_name(host: str) -> str:
    """`localhost:8000` → `localhost`, `[::1]:8000` → `::1`; empty for what is neither."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _with_headers(send: Send, *, private: bool = True) -> Send:
    """`private`: the answer is for who asked, and is kept nowhere, unless it says otherwise itself."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
            if private:
                headers.setdefault("cache-control", "no-store")
        await send(message)

    return sending


def _bounded(receive: Receive, limit: int) -> Receive:
    """A body without a length is cut off at the bound: the request ends as too large."""
    received = 0

    async def receiving() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if received > limit:
            raise DomainError("too_large", limit_kib=limit // 1024)
        return message

    return receiving
