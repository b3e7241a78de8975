"""One process owns a data folder. Others find it by what it wrote down, and go through its HTTP API.

What it wrote down holds a secret that is made anew at each start, and can be read by the owner of the folder alone.
Whoever shows it to the server is taken for its local admin: they could read and change everything in the folder anyway.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

from botarmy.domain.errors import BotArmyError

LOCK: Final = "botarmy.lock"
ADDRESS: Final = "server.json"


class FolderTaken(BotArmyError):
    """Another process owns the data folder. `url` is where it answers; None where that is not known."""

    def __init__(self, folder: Path, url: str | None) -> None:
        self.url: Final = url
        where = f" and answers at {url}" if url else ""
        super().__init__(f"Another BotArmy is using {folder}{where}.")


class FolderUnusable(BotArmyError):
    """The data folder cannot be made or written to."""


@contextmanager
def owned(folder: Path) -> Iterator[None]:
    """Own the folder for as long as the context lasts.

    Raises:
        FolderTaken: somebody else does.
        FolderUnusable: it is no folder to write in.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = FileLock(folder / LOCK, mode=0o600)
        lock.acquire(timeout=0)
    except Timeout:
        server = published(folder)
        raise FolderTaken(folder, server.url if server else None) from None
    except OSError as error:
        raise FolderUnusable(f"BotArmy cannot write in {folder}: {error.strerror}.") from error
    try:
        yield
    finally:
        lock.release()


@dataclass(frozen=True, slots=True)
class Published:
    """Where a server answers, and what proves to it that one may read its folder."""

    url: str
    secret: str = field(repr=False)


@contextmanager
def publishing(folder: Path, server: Published, version: str) -> Iterator[None]:
    """Write down where the server answers, until the context ends."""
    file = folder / ADDRESS
    draft = file.with_suffix(".new")
    draft.unlink(missing_ok=True)
    text = json.dumps({"url": server.url, "secret": server.secret, "pid": os.getpid(), "version": version})
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as stream:
        stream.write(text)
    draft.replace(file)
    try:
        yield
    finally:
        file.unlink(missing_ok=True)


def published(folder: Path) -> Published | None:
    """What the folder's server wrote down; None where there is nothing that can be read."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        said = json.loads((folder / ADDRESS).read_text("utf-8"))
        return Published(str(said["url"]), str(said["secret"]))
    return None


def is_owned(folder: Path) -> bool:
    """Whether a live process owns the folder. A folder that is not there is nobody's."""
    if not (folder / LOCK).exists():
        return False
    try:
        with owned(folder):
            return False
    except FolderTaken:
        return True
