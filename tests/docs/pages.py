"""The documentation as data: pages, headings, tables, and the code that they show."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
DOCS: Final = ROOT / "docs"
PAGES: Final = (ROOT / "README.md", ROOT / "CHANGELOG.md", ROOT / "CONTRIBUTING.md", *sorted(DOCS.rglob("*.md")))
NAMES: Final = [str(page.relative_to(ROOT)) for page in PAGES]

_HEADING: Final = re.compile(r"^(#+) (.+)$")
_FENCE: Final = re.compile(r"^```([\w ]*)$")


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced piece of code, the line it begins in, and the heading above it."""

    language: str
    text: str
    line: int
    heading: str


@dataclass(frozen=True, slots=True)
class Section:
    """What stands under a heading, down to the next one of any level."""

    heading: str
    lines: Sequence[str]

    @property
    def tables(self) -> list[list[list[str]]]:
        """Each table as rows of cells, without its head."""
        found: list[list[list[str]]] = []
        inside = False
        for line in self.lines:
            if not line.startswith("|"):
                inside = False
                continue
            if not inside:
                found.append([])
            inside = True
            found[-1].append([cell.strip() for cell in line.strip("|").split("|")])
        return [table[2:] for table in found]


def read(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def prose(page: Path) -> Iterator[tuple[int, str]]:
    """Lines with their numbers, without fenced code."""
    fenced = False
    for number, line in enumerate(read(page).splitlines(), 1):
        if line.startswith("```"):
            fenced = not fenced
        elif not fenced:
            yield number, line


def sections(page: Path) -> dict[str, Section]:
    """By heading, without its marks: `### `agent_delta`` is `agent_delta`."""
    found: dict[str, list[str]] = {"": []}
    lines = found[""]
    for _, line in prose(page):
        heading = _HEADING.match(line)
        if heading:
            lines = found.setdefault(heading[2].replace("`", ""), [])
        else:
            lines.append(line)
    return {heading: Section(heading, tuple(lines)) for heading, lines in found.items()}


def anchors(page: Path) -> set[str]:
    """What a link may name after its #."""
    headings = (_HEADING.match(line) for _, line in prose(page))
    words = (re.sub(r"[^\w\- ]", "", heading[2].lower()) for heading in headings if heading)
    return {text.replace(" ", "-") for text in words}


def blocks(page: Path, *languages: str) -> list[Block]:
    """Fenced code of these languages, in order; of all where none is named."""
    found: list[Block] = []
    heading, language, begun = "", None, 0
    lines: list[str] = []
    for number, line in enumerate(read(page).splitlines(), 1):
        fence = _FENCE.match(line)
        if fence and language is None:
            language, begun, lines = fence[1], number, []
        elif fence and language is not None:
            if not languages or language in languages:
                found.append(Block(language, "\n".join(lines) + "\n", begun, heading))
            language = None
        elif language is not None:
            lines.append(line)
        elif title := _HEADING.match(line):
            heading = title[2].replace("`", "")
    return found


def quoted(cell: str) -> list[str]:
    """The `words` of a table's cell."""
    return re.findall(r"`([^`]+)`", cell)
