"""One process owns a data folder. Others find it by what it wrote down, and go through its HTTP API."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
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
        raise FolderTaken(folder, published(folder)) from None
    except OSError as error:
        raise FolderUnusable(f"BotArmy cannot write in {folder}: {error.strerror}.") from error
    try:
        yield
    finally:
        lock.release()


@contextmanager
def publishing(folder: Path, url: str, version: str) -> Iterator[None]:
    """Write down where the server answers, until the context ends."""
    file = folder / ADDRESS
    draft = file.with_suffix(".new")
    draft.write_text(json.dumps({"url": url, "pid": os.getpid(), "version": version}), "utf-8")
    draft.replace(file)
    try:
        yield
    finally:
        file.unlink(missing_ok=True)


def published(folder: Path) -> str | None:
    """Where the folder's server says that it answers; None where nothing is written down."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        return str(json.loads((folder / ADDRESS).read_text("utf-8"))["url"])
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
