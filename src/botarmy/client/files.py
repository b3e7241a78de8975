"""Files: writing what a run made into a folder, and nowhere else; reading what goes along with a brief."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

from botarmy.client.errors import ClientError
from botarmy.domain.artifacts import check_path
from botarmy.domain.errors import DomainError


def place(folder: Path, path: str) -> Path:
    try:
        return folder.joinpath(*check_path(path).split("/"))
    except DomainError as error:
        raise ClientError(error.code, error.message, error.action) from None


def write(folder: Path, target: Path, content: bytes) -> None:
    """Refuses a folder inside `folder` that is a link to somewhere else."""
    try:
        if not target.parent.resolve().is_relative_to(folder.resolve()):
            raise ClientError("bad_path", f"{target.parent} leads out of the folder.", "Remove the link.")
        target.parent.mkdir(parents=True, exist_ok=True)
        partial = target.with_name(f".{uuid4().hex}.part")
        try:
            partial.write_bytes(content)
            partial.replace(target)
        finally:
            partial.unlink(missing_ok=True)
    except OSError as error:
        raise ClientError(
            "cannot_write", f"{target} cannot be written: {error.strerror}.", "Choose another folder."
        ) from None


def read_file(file: Path, most: int) -> bytes:
    """Up to a byte more than `most`: who takes it says that it is too large. Raises ClientError `cannot_read`."""
    try:
        with file.open("rb") as opened:
            return opened.read(most + 1)
    except OSError as error:
        raise ClientError("cannot_read", f"{file} cannot be read: {error.strerror}.", "Choose another file.") from None
