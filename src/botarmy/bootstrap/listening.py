"""The socket a server listens on, and what keeps it from being had, in words."""

from __future__ import annotations

import errno
import socket

from botarmy.domain.errors import BotArmyError


class CannotStart(BotArmyError):
    """The server cannot start; the text says why and what to do, for a person."""


def bound(host: str, port: int, command: str = "botarmy serve") -> socket.socket:
    """A listening socket. Raises CannotStart, in words: with another port, `command` can start."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host.strip("[]"), port))
        listener.listen(2048)
    except OSError as error:
        listener.close()
        raise CannotStart(_why_not(host, port, error, command)) from error
    listener.setblocking(False)
    return listener


def _why_not(host: str, port: int, error: OSError, command: str) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} is taken by another program. Choose another one: {command} --port {port + 1}"
    if error.errno == errno.EACCES:
        return f"Port {port} needs special rights. Choose one above 1023: {command} --port 8000"
    return f"BotArmy cannot listen on {host}:{port}: {error.strerror}. Check host and port."


def url_of(listener: socket.socket) -> str:
    """Where this machine reaches it; one that listens on every address is reached on loopback too."""
    host, port = listener.getsockname()[:2]
    if host in ("127.0.0.1", "0.0.0.0", "::"):  # noqa: S104 - compared, not listened on
        return f"http://localhost:{port}"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
