from __future__ import annotations

from scripts.errors_page import PAGE, page


def test_the_page_of_errors_is_what_the_table_of_errors_says() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run: .venv/bin/python -m scripts.errors_page"
