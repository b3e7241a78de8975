"""The table of docs/how-to/use-a-model.md: what an AI service may do wrong, what people read, and what happens."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tests.docs.pages import quoted, read

PAGE = Path(__file__).parents[1] / "docs" / "how-to" / "use-a-model.md"
STAYS = "…"
"""Begins a row about the one above it, where that goes on."""


@dataclass(frozen=True)
class Row:
    what: str
    faults: tuple[str, ...]
    """As `botarmy dev llm-server --fault` takes them."""
    sentence: str
    """Empty where nothing is said."""
    happens: str
    in_the_end: str
    """The sentence where it stays so; empty where it does no harm."""

    @property
    def is_tried_again(self) -> bool:
        return "tried again" in self.happens


def rows() -> list[Row]:
    table = read(PAGE).split("| what the service does |")[1].split("\n\n")[0].splitlines()[2:]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in table]
    found = []
    for (what, faults, sentence, happens), following in zip(cells, [*cells[1:], None], strict=True):
        in_the_end = following[2] if following and following[0].startswith(STAYS) else sentence
        found.append(Row(what, tuple(quoted(faults)), sentence, happens, in_the_end))
    return found
