"""CSV that any program reads as it was meant, and that no spreadsheet takes for a program."""

from __future__ import annotations

import csv
import io

import pytest

from botarmy.api.csvtext import csv_text


def test_lines_end_and_cells_are_quoted_as_rfc_4180_has_it() -> None:
    text = csv_text(("name", "count"), [("a, b", 1), ('say "no"', 2), ("two\nlines", None)])
    assert text == b'name,count\r\n"a, b",1\r\n"say ""no""",2\r\n"two\nlines",\r\n'
    assert list(csv.reader(io.StringIO(text.decode(), newline="")))[1:] == [
        ["a, b", "1"],
        ['say "no"', "2"],
        ["two\nlines", ""],
    ]


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@sum", "\tx", "\rx", "\nx", "＝1"])
def test_what_a_spreadsheet_takes_for_a_formula_stays_text(cell: str) -> None:
    (_, (shown,)) = csv.reader(io.StringIO(csv_text(("name",), [(cell,)]).decode(), newline=""))
    assert shown == f"'{cell}"


def test_numbers_stay_numbers_and_letters_of_all_scripts_stay_as_they_are() -> None:
    assert csv_text(("a", "b", "c"), [(-1, 0.5, True)]) == b"a,b,c\r\n-1,0.5,true\r\n"
    assert csv_text(("Name",), [("Ünal 日本",)]).decode().splitlines()[1] == "Ünal 日本"
