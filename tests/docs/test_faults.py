"""The table of what an AI service may do wrong says what people really read."""

from __future__ import annotations

from pathlib import Path

from botarmy.domain.errors import WORDINGS
from botarmy.llm.patience import PASSING

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "use-a-model.md"


def rows() -> list[list[str]]:
    lines = PAGE.read_text(encoding="utf-8").split("| what the service does |")[1].split("\n\n")[0].splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_every_sentence_is_one_of_the_table_of_errors_and_is_tried_again_as_it_says() -> None:
    codes = {wording.message: code for code, wording in WORDINGS.items()}
    told = {codes[sentence]: what for _, sentence, what in rows() if sentence}
    assert len(told) > 12
    assert {code for code, what in told.items() if "tried again" in what} == PASSING
