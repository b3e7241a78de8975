"""What may be an artifact: its name, its size, its kind."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import PurePosixPath
from typing import Final

from botarmy.domain.errors import DomainError

FILE_BYTES: Final = 10 * 1024 * 1024
FILES_OF_A_RUN: Final = 5_000
PATH_CHARACTERS: Final = 400
PART_BYTES: Final = 255
"""What file systems take as one name."""
_DEVICES: Final = frozenset(
    ("con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in "0123456789¹²³"))
)
"""Names that mean a device on Windows, whatever follows their first dot."""
_TYPES: Final = {
    ".avif": "image/avif",
    ".css": "text/css",
    ".csv": "text/csv",
    ".gif": "image/gif",
    ".htm": "text/html",
    ".html": "text/html",
    ".ico": "image/vnd.microsoft.icon",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".js": "text/javascript",
    ".json": "application/json",
    ".jsx": "text/javascript",
    ".md": "text/markdown",
    ".mjs": "text/javascript",
    ".mp3": "audio/mpeg",
    ".mp4": "video/mp4",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".py": "text/x-python",
    ".sh": "text/x-shellscript",
    ".svg": "image/svg+xml",
    ".toml": "application/toml",
    ".ts": "text/x-typescript",
    ".tsx": "text/x-typescript",
    ".wasm": "application/wasm",
    ".wav": "audio/wav",
    ".webm": "video/webm",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
    ".xml": "application/xml",
    ".yaml": "application/yaml",
    ".yml": "application/yaml",
    ".zip": "application/zip",
}


def check_path(path: str) -> str:
    """A relative path with `/` inside the run's files, or DomainError `bad_path`.

    Refused: absolute paths, drives, `..`, backslashes, control and other invisible characters, empty parts, and what
    Windows could not unpack.
    """
    unusable = (
        not path
        or len(path) > PATH_CHARACTERS
        or not path.isprintable()
        or any(character in '\\<>:"|?*' for character in path)
        or any(_unusable(part) for part in path.split("/"))
    )
    if unusable:
        shown = "".join(character if character.isprintable() else "�" for character in path[:80])
        raise DomainError("bad_path", path=shown)
    return path


def _unusable(part: str) -> bool:
    return (
        not part
        or part != part.strip()
        or part.endswith(".")
        or len(part.encode()) > PART_BYTES
        or part.partition(".")[0].rstrip().lower() in _DEVICES
    )


def check_new(path: str, taken: Collection[str]) -> None:
    """Whether a file of this name may join the others.

    Raises:
        DomainError: `bad_path`, `path_taken` (one would be the folder of the other) or `too_many_files`.
    """
    check_path(path)
    if len(taken) >= FILES_OF_A_RUN:
        raise DomainError("too_many_files", limit=FILES_OF_A_RUN)
    if any(other.startswith(f"{path}/") or path.startswith(f"{other}/") for other in taken):
        raise DomainError("path_taken", path=path)


def check_size(path: str, content: bytes) -> None:
    """Raises DomainError `file_too_large`."""
    if len(content) > FILE_BYTES:
        raise DomainError("file_too_large", path=path, limit_mib=FILE_BYTES // 1024 // 1024)


def media_type_of(path: str) -> str:
    """Told from the name alone, the same on every machine; what is not known is taken for text."""
    return _TYPES.get(PurePosixPath(path).suffix.lower(), "text/plain")
