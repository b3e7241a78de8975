"""What lies beside a team file: its folder, and the files of instructions that are still to be written there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources.abc import Traversable
from pathlib import Path

from botarmy.teams.document import FILE_BYTES, DocumentError, quoted


@dataclass(frozen=True, slots=True)
class Beside:
    folder: Traversable | None = None
    """None: the team file lies nowhere."""
    texts: Mapping[str, str] = field(default_factory=dict)
    """By path; they go before what is in the folder."""

    def instructions(self, name: str, line: int) -> str:
        """Raises DocumentError, with this line."""
        given = self.texts.get(name)
        raw = self._read(name, line) if given is None else given.encode("utf-8", "surrogatepass")
        try:
            instructions = raw.decode("utf-8").strip()
        except UnicodeDecodeError:
            raise DocumentError(line, f"“{quoted(name)}” is not text in UTF-8") from None
        if not instructions or len(raw) > FILE_BYTES:
            raise DocumentError(line, f"“{quoted(name)}” is {'too large' if instructions else 'empty'}")
        return instructions

    def placed(self, word: str, line: int) -> str:
        """The absolute path of a word that begins with ./, wherever the command is started. Raises DocumentError."""
        if not isinstance(self.folder, Path):
            raise DocumentError(line, "a path that begins with ./ needs a team file in a folder")
        return str(self.folder.resolve() / word)

    def _read(self, name: str, line: int) -> bytes:
        if self.folder is None:
            raise DocumentError(line, "“instructions_file” needs a team file in a folder: use “instructions” here")
        file = self.folder.joinpath(name)
        if isinstance(file, Path) and isinstance(self.folder, Path) and not is_within(file, self.folder):
            raise DocumentError(line, f"“{quoted(name)}” leads out of the folder")
        try:
            return read_bounded(file)
        except OSError:
            raise DocumentError(line, f"“{quoted(name)}” cannot be read in the folder of this file") from None


def is_within(file: Path, folder: Path) -> bool:
    """Whether it lies in the folder once every link is followed."""
    return folder.resolve() in file.resolve().parents


def read_bounded(file: Traversable) -> bytes:
    """At most one byte more than a team file may have: enough to find out a large one. Raises OSError."""
    with file.open("rb") as stream:
        return stream.read(FILE_BYTES + 1)
