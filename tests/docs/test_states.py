from __future__ import annotations

from scripts.states_page import PAGE, page


def test_the_page_of_states_is_what_the_tables_of_transitions_say() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run: .venv/bin/python -m scripts.states_page"
