"""What may be an artifact: its name, its size, its kind."""

from __future__ import annotations

import mimetypes
from pathlib import PurePosixPath, PureWindowsPath
from typing import Final

from botarmy.domain.errors import DomainError

FILE_BYTES: Final = 10 * 1024 * 1024
FILES_OF_A_RUN: Final = 5_000
PATH_CHARACTERS: Final = 400
_TEXT_TYPES: Final = {
    ".md": "text/markdown",
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".ts": "text/x-typescript",
    ".tsx": "text/x-typescript",
    ".jsx": "text/javascript",
    ".py": "text/x-python",
    ".json": "application/json",
    ".yaml": "application/yaml",
    ".yml": "application/yaml",
    ".toml": "application/toml",
    ".sh": "text/x-shellscript",
    ".svg": "image/svg+xml",
}


def check_path(path: str) -> str:
    """A relative path with `/` inside the run's files, or DomainError `bad_path`.

    Refused: absolute paths, drives, `..`, backslashes, control characters, empty or hidden-by-dots parts, and what
    Windows could not unpack.
    """
    parts = path.split("/")
    unusable = (
        not path
        or len(path) > PATH_CHARACTERS
        or "\\" in path
        or not path.isprintable()
        or any(part in ("", ".", "..") or part != part.strip() or part.endswith(".") for part in parts)
        or any(character in '<>:"|?*' for character in path)
        or PureWindowsPath(path).is_absolute()
    )
    if unusable:
        raise DomainError("bad_path", path=path[:80])
    return path


def check_size(path: str, content: bytes) -> None:
    """Raises DomainError `file_too_large`."""
    if len(content) > FILE_BYTES:
        raise DomainError("file_too_large", path=path, limit_mib=FILE_BYTES // 1024 // 1024)


def media_type_of(path: str) -> str:
    suffix = PurePosixPath(path).suffix.lower()
    guessed = _TEXT_TYPES.get(suffix) or mimetypes.guess_type(path, strict=False)[0]
    return guessed or "text/plain"
