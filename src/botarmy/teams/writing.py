"""Files written so that each is there whole or not at all, whatever happens in between."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from botarmy.teams.beside import is_within


def write_files(folder: Path, texts: Mapping[str, str]) -> None:
    """One after another, in this order, made durable each; their folders are made. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _write(path, text.encode())


def remove_files(folder: Path, names: Iterable[str]) -> None:
    """What is gone already is no fault, and what a link leads out of the folder to stays. Raises OSError."""
    for name in names:
        path = folder / name
        if path.parent.is_dir() and is_within(path.parent / "any", folder):
            path.unlink(missing_ok=True)
            _sync(path.parent)


def _write(path: Path, content: bytes) -> None:
    handle, beside = tempfile.mkstemp(prefix=".", suffix=".part", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            if path.exists():
                os.fchmod(handle, stat.S_IMODE(path.stat().st_mode))
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        Path(beside).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(beside).unlink()
        raise
    _sync(path.parent)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
