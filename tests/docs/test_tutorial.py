"""What the tutorial says that BotArmy says, it says."""

from __future__ import annotations

import re

from botarmy.domain.errors import DomainError
from tests.docs.pages import DOCS, ROOT, prose

TEXT = "\n".join(line for _, line in prose(DOCS / "tutorial.md"))
SOURCES = "".join(
    path.read_text(encoding="utf-8")
    for folder, pattern in (("src/botarmy", "*.py"), ("web/src", "*.ts"), ("web/src", "*.tsx"))
    for path in (ROOT / folder).rglob(pattern)
)


def test_what_it_quotes_from_the_page_is_said_there() -> None:
    quotes = {" ".join(quote.split()) for quote in re.findall(r"“([^”]+)”", TEXT)}
    assert "The team is done" in quotes
    assert not {quote for quote in quotes if quote not in SOURCES}


def test_the_lines_after_the_start_are_those_of_the_server() -> None:
    start = [line.strip() for line in TEXT.splitlines() if line.startswith("    ")]
    for line in start[start.index("BotArmy is at http://localhost:8000") :][:4]:
        assert line.partition(" http")[0].partition(" /home")[0] in SOURCES


def test_the_killed_server_is_told_of_in_the_words_of_the_table() -> None:
    assert f"> {DomainError('worker_lost', agent='Developer').message}" in TEXT
