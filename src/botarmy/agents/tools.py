"""The tools of an agent: reading and writing the project's files, and asking. Nothing here runs what was written.

A tool never fails: what cannot be done is answered in words that the model can act on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from botarmy.domain.artifacts import check_path, check_size
from botarmy.domain.codec import clean_text
from botarmy.domain.errors import DomainError
from botarmy.domain.team import Tool
from botarmy.llm.briefing import ToolAnswer, ToolFunction
from botarmy.ports import File, Files, Question

READ_BYTES: Final = 64 * 1024
"""Of a file, at most, in one answer."""
WRITTEN_BYTES: Final = 64 * 1024 * 1024
"""By one job, over all its files."""
LISTED_FILES: Final = 1_000
SEARCHED_FILES: Final = 500
SEARCHED_FILE_BYTES: Final = 1024 * 1024
"""A larger file is left out of a search."""
MATCHES: Final = 50
QUERY_CHARACTERS: Final = 200
QUESTION_CHARACTERS: Final = 4_000
CHOICES: Final = 20
CHOICE_CHARACTERS: Final = 500
_LINE_CHARACTERS: Final = 200


class Workbench:
    """The project's files in the hands of one agent in one job. What it wrote, it reads back."""

    def __init__(self, files: Files) -> None:
        self._files: Final = files
        self._written: Final[dict[str, bytes]] = {}
        self._bytes_left = WRITTEN_BYTES
        self._has_asked = False
        """With a question that is asked the job ends."""

    @property
    def written(self) -> Sequence[str]:
        """The paths written in this job, in order."""
        return tuple(self._written)

    def functions(self, names: Sequence[Tool]) -> Sequence[ToolFunction]:
        """The named tools. Their signatures and docstrings are what a model is shown."""
        every: Mapping[Tool, ToolFunction] = {
            "write_file": self.write_file,
            "read_file": self.read_file,
            "list_files": self.list_files,
            "search_files": self.search_files,
            "ask_user": self.ask_user,
        }
        return [every[name] for name in dict.fromkeys(names)]

    async def write_file(self, path: str, content: str) -> ToolAnswer:
        """Write one file of the project, whole. An existing file is replaced.

        Args:
            path: Relative path with forward slashes, such as docs/notes.md.
            content: The complete content of the file.
        """
        raw = clean_text(content).encode()
        try:
            check_path(path)
            check_size(path, raw)
        except DomainError as problem:
            return _refused(problem)
        if len(raw) > self._bytes_left:
            return _failed(f"{path} was not written: there is room for {_size(self._bytes_left)} more.")
        self._written[path] = raw
        self._bytes_left -= len(raw)
        done = f"Wrote {path} ({_size(len(raw))})"
        return ToolAnswer(text=done, summary=done, file=File(path, raw))

    async def read_file(self, path: str) -> ToolAnswer:
        """Read one text file of the project.

        Args:
            path: A path from list_files.
        """
        try:
            raw = await self._read(check_path(path))
        except DomainError as problem:
            return _refused(problem)
        text = raw[:READ_BYTES].decode("utf-8", "ignore" if len(raw) > READ_BYTES else "replace")
        if "\x00" in text[:8_000]:
            return _failed(f"{_shown(path)} is not a text file.")
        if len(raw) > READ_BYTES:
            text += f"\n[… only the first {_size(READ_BYTES)} of {_size(len(raw))} are shown]"
        return ToolAnswer(text=clean_text(text), summary=f"Read {path} ({_size(len(raw))})")

    async def list_files(self) -> ToolAnswer:
        """List the paths of all files of the project, those that you wrote included."""
        paths = self._paths()
        if not paths:
            return ToolAnswer(text="There are no files yet.", summary="Looked at the files: none yet")
        more = [f"[… and {len(paths) - LISTED_FILES} more]"] if len(paths) > LISTED_FILES else []
        count = "1 file" if len(paths) == 1 else f"{len(paths)} files"
        return ToolAnswer(text="\n".join([*paths[:LISTED_FILES], *more]), summary=f"Looked at the list of {count}")

    async def search_files(self, query: str) -> ToolAnswer:
        """Find the lines of all text files that contain a text. Upper and lower case are the same.

        Args:
            query: The text to look for, without wildcards.
        """
        needle = query.strip().casefold()
        if not needle or len(needle) > QUERY_CHARACTERS:
            return _failed(f"Search for a text of 1 to {QUERY_CHARACTERS} characters.")
        found: list[str] = []
        for path in self._paths()[:SEARCHED_FILES]:
            found += await self._matches(path, needle, MATCHES - len(found))
            if len(found) >= MATCHES:
                break
        summary = f"Searched the files for “{_shown(clean_text(query))}”: {len(found)} found"
        more = f"\n[… only the first {MATCHES} are shown]" if len(found) >= MATCHES else ""
        return ToolAnswer(text=clean_text("\n".join(found) or "Nothing found.") + more, summary=summary)

    async def ask_user(self, question: str, choices: list[str] | None = None) -> ToolAnswer:
        """Ask the person who started the project. The work stops until they answer, which may take days.

        Args:
            question: One question, in the language of the brief.
            choices: Answers to choose from; the person may also write something else.
        """
        asked = " ".join(clean_text(question).split())
        options = [clean_text(choice).strip() for choice in choices or ()]
        if not asked or len(asked) > QUESTION_CHARACTERS:
            return _failed(f"Ask a question of 1 to {QUESTION_CHARACTERS} characters.")
        if len(options) > CHOICES or not all(0 < len(option) <= CHOICE_CHARACTERS for option in options):
            return _failed(f"Give at most {CHOICES} choices of 1 to {CHOICE_CHARACTERS} characters each.")
        if self._has_asked:
            return _failed("This was not asked: ask one question, and the next one when it is answered.")
        self._has_asked = True
        return ToolAnswer(
            text="Nobody has answered yet.",
            summary=f"Asked: {_shown(asked, 200)}",
            question=Question(asked, tuple(options)),
        )

    async def _matches(self, path: str, needle: str, most: int) -> list[str]:
        try:
            raw = await self._read(path)
        except DomainError:
            return []
        if len(raw) > SEARCHED_FILE_BYTES or b"\x00" in raw[:8_000]:
            return []
        lines = enumerate(raw.decode("utf-8", "replace").splitlines(), 1)
        hits = (
            f"{path}:{number}: {line.strip()[:_LINE_CHARACTERS]}" for number, line in lines if needle in line.casefold()
        )
        return [hit for hit, _ in zip(hits, range(most), strict=False)]

    def _paths(self) -> list[str]:
        return sorted({*self._files.paths(), *self._written})

    async def _read(self, path: str) -> bytes:
        """Raises DomainError `unknown_artifact`."""
        held = self._written.get(path)
        return held if held is not None else await self._files.read(path)


def _refused(problem: DomainError) -> ToolAnswer:
    return _failed(problem.message, problem.action)


def _failed(reason: str, advice: str = "") -> ToolAnswer:
    shown = _shown(clean_text(reason), 300)
    return ToolAnswer(text=f"Error: {shown} {advice}".rstrip(), summary=shown, failed=True)


def _shown(text: str, limit: int = 80) -> str:
    plain = "".join(character if character.isprintable() else " " for character in text)
    return plain if len(plain) <= limit else plain[: limit - 1] + "…"


def _size(count: int) -> str:
    if count < 1024:
        return "1 byte" if count == 1 else f"{count} bytes"
    return f"{count / 1024:.1f} KB" if count < 1024 * 1024 else f"{count / 1024 / 1024:.1f} MB"
