"""The address of a NATS server, or of several, on one line: what `bus_url` may be beside a word."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import parse_qsl, unquote, urlsplit

PORT: Final = 4222
SUBJECT: Final = "botarmy"
_FILES: Final = ("credentials", "ca", "cert", "key")
_SERVER: Final = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::(\d{1,5}))?", re.ASCII)
_SUBJECT: Final = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*", re.ASCII)
_SUBJECT_CHARACTERS: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class NatsAddress:
    servers: tuple[str, ...]
    """Each `host:port`."""
    encrypted: bool
    """Whether a connection that is not encrypted is none."""
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    token: str | None = field(default=None, repr=False)
    credentials: Path | None = None
    """The file with the user's JWT and seed."""
    ca: Path | None = None
    cert: Path | None = None
    key: Path | None = None
    subject: str = SUBJECT
    """What the names of all subjects begin with."""


def is_nats(url: str) -> bool:
    return url.startswith(("nats://", "tls://"))


def nats_address(url: str) -> NatsAddress:
    """Raises ValueError; what is wrong is not repeated, for there may be a password in it."""
    parts = urlsplit(url)
    who, _, where = parts.netloc.rpartition("@")
    if parts.scheme not in ("nats", "tls") or parts.path not in ("", "/") or parts.fragment or not where:
        raise ValueError("no address of a NATS server")
    name, colon, password = who.partition(":")
    options = dict(parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query), max_num_fields=10))
    subject = options.pop("subject", SUBJECT)
    if not _SUBJECT.fullmatch(subject) or len(subject) > _SUBJECT_CHARACTERS:
        raise ValueError("the subject is no name such as botarmy or team.botarmy")
    if options.keys() - set(_FILES) or ("key" in options and "cert" not in options):
        raise ValueError("unknown options")
    return NatsAddress(
        servers=tuple(map(_server, where.split(","))),
        encrypted=parts.scheme == "tls",
        user=unquote(name) if colon else None,
        password=unquote(password) if colon else None,
        token=unquote(name) if name and not colon else None,
        subject=subject,
        **{name: _file(path) for name, path in options.items()},
    )


def _server(text: str) -> str:
    found = _SERVER.fullmatch(text)
    port = int(found[2] or PORT) if found else 0
    if found is None or not 0 < port < 65_536:
        raise ValueError("no host, or no port")
    return f"{found[1]}:{port}"


def _file(text: str) -> Path:
    path = Path(text).expanduser()
    if not path.is_absolute():
        raise ValueError("a file is named by its whole path")
    return path
